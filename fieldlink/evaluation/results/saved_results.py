"""Results per query as studies saved them, by their cell of a table."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.evaluation.measures.variance_components import QueryValues
from fieldlink.evaluation.results.query_results import CellKey


@dataclass(frozen=True, eq=False)
class SavedResults:
    """What every training seed made of the same queries, in one cell of a table."""

    values: Float[np.ndarray, "seed query"]  # 1 right, 0 wrong, or between
    seeds: tuple[int, ...]
    queries: str  # digest of their ids, in order
    digests: tuple[str, ...]  # of the predictions, by seed
    setting: str
    weights: Float[np.ndarray, " query"] | None = None  # none: all queries count alike
    in_halves: Float[np.ndarray, "seed half draw"] | None = None  # means in halves of the gallery; none: it has none

    @property
    def query_values(self) -> QueryValues:
        """The cell as a single mean."""
        in_halves = None if self.in_halves is None else self.in_halves.mean(0)[None]
        return QueryValues(self.values[None], self.weights, in_halves)

    def same_queries(self, other: "SavedResults") -> bool:
        """Whether both have the same queries, with the same weights."""
        alike = self.values.shape[1] == other.values.shape[1] and _bytes(self.weights) == _bytes(other.weights)
        return self.queries == other.queries and alike


def by_cell(tables: Iterable[pa.Table], split: str = "test") -> dict[CellKey, SavedResults]:
    """Results on a split's queries, of the rows of several datasets `answers`. A cell in two of them is an error."""
    rows_of: dict[CellKey, list[dict[str, Any]]] = {}
    for table in tables:
        of_table: dict[CellKey, list[dict[str, Any]]] = {}
        for row in table.filter(pc.field("split") == split).to_pylist():
            of_table.setdefault(CellKey.of(row), []).append(row)
        if repeated := of_table.keys() & rows_of.keys():
            raise InputError(f"answers: two studies fill one cell of a table: {sorted(repeated)[:3]}")
        rows_of |= of_table
    return {key: of_seeds(key, rows) for key, rows in rows_of.items()}


def require_same_queries(cells: Mapping[CellKey, SavedResults]) -> None:
    """Raises where two cells do not have the same queries, with the same weights."""
    (first_key, first), *others = cells.items()
    for key, other in others:
        if not first.same_queries(other):
            raise InputError(
                f"answers: {readable(first_key)} and {readable(key)} must have the same queries to be compared, found"
                f" digests {first.queries} and {other.queries}; rerun the evaluations"
            )


def readable(key: CellKey) -> str:
    """A cell as messages name it."""
    return f"Table {key.table}, {key.row!r}, {key.column} ({key.metric})"


def of_seeds(key: CellKey, rows: list[dict[str, Any]]) -> SavedResults:
    """The results in one cell's rows of dataset `answers`, a seed each. Raises `InputError` if their queries differ."""
    first = rows[0]
    if any((row["queries"], row["weights"]) != (first["queries"], first["weights"]) for row in rows):
        raise InputError(f"answers: {readable(key)}: its seeds do not have the same queries; rerun the evaluation")
    return SavedResults(
        values=np.stack([np.frombuffer(row["values"], np.float32) for row in rows]),
        seeds=tuple(row["seed"] for row in rows),
        queries=first["queries"],
        digests=tuple(row["digest"] for row in rows),
        setting=first["setting"],
        weights=None if first["weights"] is None else np.frombuffer(first["weights"], np.float32),
        in_halves=None if first["in_halves"] is None else np.stack([_in_halves(row["in_halves"]) for row in rows]),
    )


def _in_halves(numbers: bytes) -> Float[np.ndarray, "half draw"]:
    return np.frombuffer(numbers, np.float32).reshape(2, -1)


def _bytes(weights: np.ndarray | None) -> bytes | None:
    return None if weights is None else weights.tobytes()
