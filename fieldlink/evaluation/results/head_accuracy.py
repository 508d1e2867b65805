"""Accuracy of classification heads and of their ensemble, and whether it is better than the better head (Table 4.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Float, Int

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.embeddings.selection import only
from fieldlink.evaluation.results.tables import CellKey, QueryResults

Logits = Float[np.ndarray, "seed object class"]
Right = Bool[np.ndarray, "seed object"]


def of_rows(rows: pa.Table, ids: Sequence[str], seeds: Sequence[int]) -> dict[str, Logits]:
    """Every head's logits of `ids`, which are in rising order, by training seed; `rows` of dataset `logits`."""
    chosen = only(rows, "object_id", ids)
    names, found = (sorted(set(chosen[key].to_pylist())) for key in ("variant", "seed"))
    if found != sorted(seeds) or len(chosen) != len(names) * len(seeds) * len(ids):
        raise InputError(
            f"logits: {len(chosen)} rows of seeds {found} for {len(ids)} objects and {len(names)} heads, expected one"
            f" each for seeds {sorted(seeds)}; rerun the stage that trains the heads"
        )
    stacks = datasets.matrix(chosen["logits"]).reshape(len(names), len(seeds), len(ids), -1)
    return dict(zip(names, stacks[:, [found.index(seed) for seed in seeds]], strict=True))


def ensemble(logits: Mapping[str, Logits]) -> Logits:
    """The sum of the heads' logits."""
    return np.stack(list(logits.values())).sum(0)


def answers(
    logits: Mapping[str, Logits], classes: Int[np.ndarray, " object"], ids: Sequence[str], seeds: Sequence[int]
) -> list[QueryResults]:
    """Whether the class of the largest logit (ties: the lower) is right, row by row."""
    return [
        QueryResults.of(
            CellKey("4.6", row, "accuracy", "classification_accuracy"), right(own, classes), seeds, ids, list(own)
        )
        for row, own in logits.items()
    ]


def right(logits: Logits, classes: Int[np.ndarray, " object"]) -> Right:
    return logits.argmax(2) == classes


def against_the_better(
    logits: Mapping[str, Logits], ours: str, classes: Int[np.ndarray, " object"], seeds: Sequence[int]
) -> dict[str, Any]:
    """McNemar's test of row `ours` against that of the others which is right most often, seed by seed.

    `median p` sums them up: the seeds answer the same questions, so their counts may not be added as if they were
    independent. Twice the median of p-values is a p-value however they depend (Rüger 1978).
    """
    hits = {row: right(own, classes) for row, own in logits.items()}
    first = hits.pop(ours)
    better = max(hits, key=lambda row: hits[row].mean())
    pairs = zip(seeds, first, hits[better], strict=True)
    by_seed = {f"seed {seed}": mcnemar(one, other) for seed, one, other in pairs}
    return {
        "against": better,
        **by_seed,
        "median p": round(float(np.median([each["p"] for each in by_seed.values()])), 6),
    }


def mcnemar(first: Bool[np.ndarray, " answer"], second: Bool[np.ndarray, " answer"]) -> dict[str, int | float]:
    """The exact two-sided test (McNemar 1947): of the answers where only one is right, each has half?"""
    from scipy.stats import binomtest

    only_first, only_second = int((first & ~second).sum()), int((~first & second).sum())
    told = only_first + only_second
    p = float(binomtest(only_first, told).pvalue) if told else 1.0
    return {"only_first_right": only_first, "only_second_right": only_second, "p": round(p, 6)}
