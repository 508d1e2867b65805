"""McNemar's test: which of two classifiers is right where the other is not."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool


def mcnemar(first: Bool[np.ndarray, " object"], second: Bool[np.ndarray, " object"]) -> dict[str, int | float]:
    """The exact two-sided test (McNemar 1947): of the objects where only one is right, does each have half?"""
    from scipy.stats import binomtest

    only_first, only_second = int((first & ~second).sum()), int((~first & second).sum())
    different = only_first + only_second
    p = float(binomtest(only_first, different).pvalue) if different else 1.0
    return {"only_first_right": only_first, "only_second_right": only_second, "p": round(p, 6)}


def median_p(values: Sequence[float]) -> float:
    """The median of several seeds' p-values, whose counts may not be added: they have the same objects.

    Twice the median of p-values is a p-value however they depend (Rüger 1978).
    """
    return round(float(np.median(values)), 6)
