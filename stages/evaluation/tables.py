"""Results as tidy rows, in the words of the published tables."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
from jaxtyping import Bool

from stages.evaluation.intervals import interval
from stages.params import Intervals

DIGITS = 4  # of a percentage; more would only show how sums were rounded


@dataclass(frozen=True)
class Cell:
    """One number of a table; its fields are the columns of a study's CSV."""

    table: str
    row: str
    column: str
    metric: str
    value: float  # percent
    ci_low: float
    ci_high: float
    seeds: int  # training seeds behind the value; 1 where nothing is trained
    n: int  # queries

    @staticmethod
    def of(
        words: tuple[str, str, str, str], hits: Bool[np.ndarray, "seed query"], how: Intervals, study_seed: int
    ) -> "Cell":
        """`words`: table, row, column and metric."""
        found = interval(hits, how, study_seed)
        value, low, high = (round(number, DIGITS) for number in (found.value, found.low, found.high))
        seeds, queries = hits.shape
        return Cell(*words, value, low, high, seeds, queries)


def in_published_order(cells: Sequence[Cell], published: str) -> list[Cell]:
    """Cells that stand in the published tables (CSV text) first, in their order; our own after them, as they came."""
    rows = csv.DictReader(io.StringIO(published))
    order = {(row["table"], row["row"], row["column"], row["metric"]): place for place, row in enumerate(rows)}
    return sorted(cells, key=lambda cell: order.get((cell.table, cell.row, cell.column, cell.metric), len(order)))


def csv_text(cells: Sequence[Cell]) -> str:
    """One line a cell below the names of its fields."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Cell)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(cell) for cell in cells)
    return text.getvalue()


def metrics(cells: Sequence[Cell], titles: Mapping[str, str]) -> dict[str, dict[str, dict[str, float]]]:
    """Values by a table's title, row and column; tables of one title are one group."""
    groups: dict[str, dict[str, dict[str, float]]] = {title: {} for title in titles.values()}
    for cell in cells:
        groups[titles[cell.table]].setdefault(cell.row, {})[cell.column] = cell.value
    return groups
