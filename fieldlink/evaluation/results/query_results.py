"""The value of every query by every training seed, for one cell of a study's table."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Real

from fieldlink.core.digests import bytes_digest
from fieldlink.core.variants import Variant
from fieldlink.evaluation.study_tables import study_table
from fieldlink.evaluation.table_type import StudyTable


class CellKey(NamedTuple):
    """What identifies a number of a table, ours and the published one."""

    table: str
    row: str
    column: str
    metric: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "CellKey":
        """The key that a row has in its columns of these names. A column that it lacks is a `KeyError`."""
        return cls(*(row[name] for name in cls._fields))


def zero_shot_key(table: StudyTable, row: Variant, column: str) -> CellKey:
    """The cell of a zero-shot table. `column`: the loss, or the template of the prompts."""
    return CellKey(table.number, row.text, column, table.only_metric)


def head_key(row: Variant) -> CellKey:
    """The cell of a classification head, or of their ensemble."""
    table = study_table("4.6")
    (column,) = table.columns
    return CellKey(table.number, row.text, column, table.only_metric)


def hit_key(table: StudyTable, row: Variant, k: int) -> CellKey:
    """The cell of a retrieval table with the hits within rank `k`."""
    metric = table.metric_of(row.query_domain) if row.query_domain else table.only_metric
    return CellKey(table.number, row.text, f"recall@{k}", metric)


@dataclass(frozen=True, eq=False)
class QueryResults:
    """What every training seed made of the same queries, in one cell of a table."""

    key: CellKey
    values: Float[np.ndarray, "seed query"]  # 1 right, 0 wrong, or between
    seeds: Sequence[int]  # of training; one where nothing is trained
    queries: Sequence[str]  # ids
    digests: Sequence[str]  # of the predictions, by seed: equal ones are one run
    setting: str = ""  # what else should be known of the row, such as the batch really used
    weights: Float[np.ndarray, " query"] | None = None  # none: all queries count alike
    in_halves: Float[np.ndarray, "seed half draw"] | None = None  # means in halves of the gallery; none: it has none

    @staticmethod
    def of(
        key: CellKey,
        values: Real[np.ndarray, "seed query"] | Bool[np.ndarray, "seed query"],
        seeds: Sequence[int],
        queries: Sequence[str],
        predictions: Iterable[np.ndarray],
        *,
        setting: str = "",
        weights: Float[np.ndarray, " query"] | None = None,
        in_halves: Float[np.ndarray, "seed half draw"] | None = None,
    ) -> "QueryResults":
        """`predictions`: of each seed all numbers that decided the values."""
        digests = [digest(prediction) for prediction in predictions]
        return QueryResults(key, values.astype(np.float32), seeds, queries, digests, setting, weights, in_halves)


def digest(numbers: np.ndarray) -> str:
    """The first 16 hexadecimal digits of the numbers' SHA-256."""
    return bytes_digest(np.ascontiguousarray(numbers).tobytes())[:16]


def columns(results: Sequence[QueryResults], split: str) -> dict[str, list[Any]]:
    """Columns of dataset `answers`: one row per cell and seed. `split`: that of the queries."""
    rows = [(result, index, seed) for result in results for index, seed in enumerate(result.seeds)]
    queries = [digest(np.array(result.queries)) for result, _, _ in rows]
    return {
        "split": [split] * len(rows),
        **{name: [getattr(result.key, name) for result, _, _ in rows] for name in CellKey._fields},
        "seed": [seed for *_, seed in rows],
        "setting": [result.setting for result, _, _ in rows],
        "queries": queries,
        "digest": [result.digests[index] for result, index, _ in rows],
        "values": [result.values[index].tobytes() for result, index, _ in rows],
        "weights": [_bytes(result.weights) for result, *_ in rows],
        "query_ids": [
            None if queries[index] in queries[:index] else json.dumps(list(result.queries))
            for index, (result, *_) in enumerate(rows)
        ],
        "in_halves": [None if result.in_halves is None else _bytes(result.in_halves[i]) for result, i, _ in rows],
    }


def _bytes(numbers: np.ndarray | None) -> bytes | None:
    return None if numbers is None else numbers.astype(np.float32).tobytes()
