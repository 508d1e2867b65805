"""Corrections of levels for several tests at once."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float


def joint_tail(correlation: Float[np.ndarray, "estimate estimate"], tail: float, draws: int, seed: int) -> float:
    """The tail for each of several estimates with which any of them errs on one side with probability `tail`.

    It is that of the maximum of normal variables of this correlation, from random draws; each estimate then takes the
    quantile of this tail from its own distribution. Between `tail` (all are one) and `tail` / m (Bonferroni).
    """
    from scipy.special import ndtr

    values, vectors = np.linalg.eigh(correlation)
    factor = vectors * np.sqrt(values.clip(0))  # few seeds may leave negative ones
    factor /= np.linalg.norm(factor, axis=1, keepdims=True)
    highest = (np.random.default_rng(seed).standard_normal((draws, len(factor))) @ factor.T).max(1)
    return float(np.clip(ndtr(-np.quantile(highest, 1 - tail)), tail / len(factor), tail))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjusted p-values, in the order given (Holm 1979): the i-th lowest of m times m − i + 1, never falling."""
    count, adjusted, highest = len(p_values), [0.0] * len(p_values), 0.0
    for rank, index in enumerate(sorted(range(count), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (count - rank) * p_values[index]))
        adjusted[index] = highest
    return adjusted
