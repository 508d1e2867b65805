"""Answers as studies left them, found by their place in a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.evaluation.results.tables import CellKey


@dataclass(frozen=True, eq=False)
class SavedResults:
    """What every training seed made of the same queries, in one place of a table."""

    values: Float[np.ndarray, "seed query"]  # 1 right, 0 wrong, or between
    seeds: tuple[int, ...]
    queries: str  # digest of their ids, in order
    prints: tuple[str, ...]  # digest of what was predicted, by seed
    setting: str
    weights: Float[np.ndarray, " query"] | None  # none: all queries count alike


def by_cell(datasets: Iterable[pa.Table]) -> dict[CellKey, SavedResults]:
    """From the rows of several datasets `answers`; a place in two of them is an error."""
    found: dict[CellKey, list[dict[str, Any]]] = {}
    for rows in datasets:
        own: dict[CellKey, list[dict[str, Any]]] = {}
        for row in rows.to_pylist():
            own.setdefault(CellKey(*(row[name] for name in CellKey._fields)), []).append(row)
        if twice := own.keys() & found.keys():
            raise InputError(f"answers: two studies fill one place of a table: {sorted(twice)[:3]}")
        found |= own
    return {words: _joined(words, rows) for words, rows in found.items()}


def same_queries(cells: Mapping[CellKey, SavedResults]) -> None:
    """Raises where two places were not asked the same queries, with the same weights."""
    (first, one), *others = cells.items()
    for words, other in others:
        alike = one.values.shape[1] == other.values.shape[1] and _bytes(one.weights) == _bytes(other.weights)
        if one.queries != other.queries or not alike:
            raise InputError(
                f"answers: {text(first)} and {text(words)} must have the same queries to be compared, found digests"
                f" {one.queries} and {other.queries}; rerun the evaluations"
            )


def text(words: CellKey) -> str:
    """A place as people read it."""
    return f"Table {words.table}, {words.row!r}, {words.column} ({words.metric})"


def _joined(words: CellKey, rows: list[dict[str, Any]]) -> SavedResults:
    """One place's rows, a seed each."""
    first = rows[0]
    if any((row["queries"], row["weights"]) != (first["queries"], first["weights"]) for row in rows):
        raise InputError(f"answers: {text(words)}: its seeds were not asked the same queries; rerun the evaluation")
    return SavedResults(
        np.stack([np.frombuffer(row["values"], np.float32) for row in rows]),
        tuple(row["seed"] for row in rows),
        first["queries"],
        tuple(row["digest"] for row in rows),
        first["setting"],
        None if first["weights"] is None else np.frombuffer(first["weights"], np.float32),
    )


def _bytes(weights: np.ndarray | None) -> bytes | None:
    return None if weights is None else weights.tobytes()
