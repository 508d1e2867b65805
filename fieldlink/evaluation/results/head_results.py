"""Accuracy of classification heads and of their ensemble, and the ensemble against the better head (Table 4.6)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Bool, Float, Int

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.variants import Variant, parse
from fieldlink.embeddings.selection import rows_of
from fieldlink.evaluation.measures.mcnemar import mcnemar, median_p
from fieldlink.evaluation.results.query_results import QueryResults, head_key

ENSEMBLE = Variant(method="ensemble").text
Logits = Float[np.ndarray, "seed object class"]


def logits_by_head(rows: pa.Table, ids: Sequence[str], seeds: Sequence[int]) -> dict[str, Logits]:
    """Every head's logits of `ids`, which are in rising order, by training seed; `rows` of dataset `logits`.

    Raises `InputError` unless every head has a row of each id for each of `seeds`.
    """
    chosen = rows_of(rows, "object_id", ids)
    names, trained_seeds = (sorted(set(chosen[key].to_pylist())) for key in ("variant", "seed"))
    if trained_seeds != sorted(seeds) or len(chosen) != len(names) * len(seeds) * len(ids):
        raise InputError(
            f"logits: {len(chosen)} rows of seeds {trained_seeds} for {len(ids)} objects and {len(names)} heads,"
            f" expected one each for seeds {sorted(seeds)}; rerun the stage that trains the heads"
        )
    stacks = datasets.matrix(chosen["logits"]).reshape(len(names), len(seeds), len(ids), -1)
    return dict(zip(names, stacks[:, [trained_seeds.index(seed) for seed in seeds]], strict=True))


def with_ensemble(logits: Mapping[str, Logits]) -> dict[str, Logits]:
    """The heads' logits, and their sum."""
    return {**logits, ENSEMBLE: np.stack(list(logits.values())).sum(0)}


def head_results(
    logits: Mapping[str, Logits], classes: Int[np.ndarray, " object"], ids: Sequence[str], seeds: Sequence[int]
) -> list[QueryResults]:
    """Whether the class of the largest logit (ties: the lower) is right, row by row."""
    return [
        QueryResults.of(
            head_key(parse(row)),
            right(head_logits, classes),
            seeds,
            ids,
            list(head_logits),
        )
        for row, head_logits in logits.items()
    ]


def right(logits: Logits, classes: Int[np.ndarray, " object"]) -> Bool[np.ndarray, "seed object"]:
    return logits.argmax(2) == classes


def ensemble_against_better_head(
    logits: Mapping[str, Logits], classes: Int[np.ndarray, " object"], seeds: Sequence[int]
) -> dict[str, Any]:
    """McNemar's test of the ensemble against the head that is right most often, seed by seed, and their median p."""
    hits = {row: right(head_logits, classes) for row, head_logits in logits.items()}
    ensemble = hits.pop(ENSEMBLE)
    better = max(hits, key=lambda row: hits[row].mean())
    pairs = zip(seeds, ensemble, hits[better], strict=True)
    by_seed = {f"seed {seed}": mcnemar(first, second) for seed, first, second in pairs}
    return {"against": better, **by_seed, "median p": median_p([test["p"] for test in by_seed.values()])}
