"""Made-up cells of a table of shares, and a claim about two of them."""

import numpy as np

from fieldlink.core.params import ClaimsParams
from fieldlink.evaluation.claims.contrasts import ClaimPart
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults

TRIED = ClaimsParams(margin=2.0, draws=2000)
UNTRAINED = ("CLIP all", "CLIP all distinct", "CLIP mean")  # which one seed is enough for
A, B, C = (CellKey("9", row, "accuracy", "share") for row in UNTRAINED)
ABOVE = ClaimPart("a above b", {A: 1.0}, {B: 1.0}, "greater")


def saved(values: np.ndarray, queries: str = "q", setting: str = "", first_seed: int = 0) -> SavedResults:
    seeds = tuple(range(first_seed, first_seed + len(values)))
    return SavedResults(values.astype(np.float32), seeds, queries, tuple(map(str, seeds)), setting)


def share(right: int, of: int = 200, seeds: int = 1) -> np.ndarray:
    """The first `right` of the queries are right."""
    return np.tile(np.arange(of) < right, (seeds, 1))
