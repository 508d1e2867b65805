"""Numbers of a study's tables with their intervals, as tidy rows, by seed and as metrics."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.evaluation.measures.intervals import interval
from fieldlink.evaluation.measures.variance_components import QueryValues
from fieldlink.evaluation.results.query_results import CellKey, QueryResults
from fieldlink.evaluation.study_tables import study_table
from fieldlink.evaluation.table_type import StudyTable

DIGITS = 4  # of a percentage; more would only show how sums were rounded


@dataclass(frozen=True)
class Cell:
    """One number of a table. The fields are the columns of a study's CSV."""

    table: str
    row: str
    column: str
    metric: str
    value: float  # percent
    ci_low: float
    ci_high: float
    seeds: int  # training seeds behind the value; 1 where nothing is trained
    n: int  # queries
    setting: str = ""

    @staticmethod
    def of(result: QueryResults, level: float) -> "Cell":
        """The mean over seeds and queries, with its interval of confidence `level`."""
        in_halves = None if result.in_halves is None else result.in_halves.mean(0)[None]
        mean = interval(QueryValues(result.values[None], result.weights, in_halves), level)
        value, low, high = (round(number, DIGITS) for number in (mean.value, mean.low, mean.high))
        seeds, queries = result.values.shape
        return Cell(
            **result.key._asdict(),
            value=value,
            ci_low=low,
            ci_high=high,
            seeds=seeds,
            n=queries,
            setting=result.setting,
        )


def in_published_order(results: Sequence[QueryResults], published: str) -> list[QueryResults]:
    """The results of the published tables' rows (CSV text) in their order, then all others in the order given."""
    rows = csv.DictReader(io.StringIO(published))
    order = {CellKey.of(row): index for index, row in enumerate(rows)}
    return sorted(results, key=lambda result: order.get(result.key, len(order)))


def cells(results: Sequence[QueryResults], level: float) -> list[Cell]:
    """One cell of each result, with its interval of confidence `level`.

    Two results of one key are an error, and so is a column or a metric that its table doesn't declare.
    """
    keys = [result.key for result in results]
    if repeated := {key for key in keys if keys.count(key) > 1}:
        raise InputError(f"two results for one cell of a table: {sorted(repeated)[:3]}")
    for key in keys:
        study_table(key.table).require(key.column, key.metric)
    return [Cell.of(result, level) for result in results]


def by_seed(results: Sequence[QueryResults]) -> list[dict[str, Any]]:
    """Every trained number seed by seed, in percent."""
    return [
        {
            **result.key._asdict(),
            "seed": seed,
            "value": round(100 * float(np.average(values, weights=result.weights)), DIGITS),
        }
        for result in results
        if len(result.seeds) > 1
        for seed, values in zip(result.seeds, result.values.astype(np.float64), strict=True)
    ]


def csv_text(rows: Sequence[Cell] | Sequence[dict[str, Any]], columns: Sequence[str] | None = None) -> str:
    """One line a row below the names of its columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or [field.name for field in fields(Cell)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(row if isinstance(row, dict) else asdict(row) for row in rows)
    return text.getvalue()


def metrics(rows: Sequence[Cell], tables: Sequence[StudyTable]) -> dict[str, dict[str, dict[str, float]]]:
    """Values by a table's group, row and column. A group without rows is empty."""
    values: dict[str, dict[str, dict[str, float]]] = {table.group: {} for table in tables}
    for cell in rows:
        values[study_table(cell.table).group].setdefault(cell.row, {})[cell.column] = cell.value
    return values
