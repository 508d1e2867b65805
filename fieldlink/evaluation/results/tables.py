"""Results as tidy rows, in the words of the published tables."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Real

from fieldlink.core.errors import InputError
from fieldlink.core.params import IntervalsParams
from fieldlink.evaluation.measures.intervals import interval

DIGITS = 4  # of a percentage; more would only show how sums were rounded


class CellKey(NamedTuple):
    """A number's place: what joins it with the published one."""

    table: str
    row: str
    column: str
    metric: str


@dataclass(frozen=True, eq=False)
class QueryResults:
    """What every training seed made of the same queries, in one place of a table."""

    words: CellKey
    values: Float[np.ndarray, "seed query"]  # 1 right, 0 wrong, or between
    seeds: Sequence[int]  # of training; one where nothing is trained
    queries: Sequence[str]
    prints: Sequence[str]  # digest of what was predicted, by seed: equal ones are one run
    setting: str = ""  # what else should be known of the row, such as the batch really used
    weights: Float[np.ndarray, " query"] | None = None  # none: all queries count alike

    @staticmethod
    def of(
        words: CellKey,
        right: Real[np.ndarray, "seed query"] | Bool[np.ndarray, "seed query"],
        seeds: Sequence[int],
        queries: Sequence[str],
        predicted: Iterable[np.ndarray],
        **more: Any,
    ) -> "QueryResults":
        """`predicted`: by seed, the numbers that decided the answers, all of them."""
        return QueryResults(
            words, right.astype(np.float32), seeds, queries, [digest(each) for each in predicted], **more
        )


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
    setting: str = ""

    @staticmethod
    def of(answers: QueryResults, how: IntervalsParams, study_seed: int) -> "Cell":
        found = interval(answers.values, how, study_seed, answers.weights)
        value, low, high = (round(number, DIGITS) for number in (found.value, found.low, found.high))
        seeds, queries = answers.values.shape
        return Cell(*answers.words, value, low, high, seeds, queries, answers.setting)


def digest(predicted: np.ndarray) -> str:
    """A digest of numbers."""
    return hashlib.sha256(np.ascontiguousarray(predicted).tobytes()).hexdigest()[:16]


def in_published_order(answers: Sequence[QueryResults], published: str) -> list[QueryResults]:
    """Those that stand in the published tables (CSV text) first, in their order; our own after them, as they came."""
    rows = csv.DictReader(io.StringIO(published))
    order = {CellKey(*(row[name] for name in CellKey._fields)): place for place, row in enumerate(rows)}
    return sorted(answers, key=lambda each: order.get(each.words, len(order)))


def cells(answers: Sequence[QueryResults], how: IntervalsParams, study_seed: int) -> list[Cell]:
    """One cell each; the same place twice is an error."""
    places = [each.words for each in answers]
    if twice := {words for words in places if places.count(words) > 1}:
        raise InputError(f"two results for one place of a table: {sorted(twice)[:3]}")
    return [Cell.of(each, how, study_seed) for each in answers]


def by_seed(answers: Sequence[QueryResults]) -> list[dict[str, Any]]:
    """Every trained number seed by seed, in percent."""
    return [
        {
            **each.words._asdict(),
            "seed": seed,
            "value": round(100 * float(np.average(own, weights=each.weights)), DIGITS),
        }
        for each in answers
        if len(each.seeds) > 1
        for seed, own in zip(each.seeds, each.values.astype(np.float64), strict=True)
    ]


def columns(answers: Sequence[QueryResults]) -> dict[str, list[Any]]:
    """Columns of dataset `answers`: one row per place and seed."""
    pairs = [(each, place, seed) for each in answers for place, seed in enumerate(each.seeds)]
    return {
        **{name: [getattr(each.words, name) for each, _, _ in pairs] for name in CellKey._fields},
        "seed": [seed for *_, seed in pairs],
        "setting": [each.setting for each, _, _ in pairs],
        "queries": [digest(np.array(each.queries)) for each, _, _ in pairs],
        "digest": [each.prints[place] for each, place, _ in pairs],
        "values": [each.values[place].tobytes() for each, place, _ in pairs],
        "weights": [None if each.weights is None else each.weights.astype(np.float32).tobytes() for each, *_ in pairs],
    }


def csv_text(rows: Sequence[Cell] | Sequence[dict[str, Any]], names: Sequence[str] | None = None) -> str:
    """One line a row below the names of its fields."""
    text = io.StringIO()
    writer = csv.DictWriter(text, names or [each.name for each in fields(Cell)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(row if isinstance(row, dict) else asdict(row) for row in rows)
    return text.getvalue()


def metrics(rows: Sequence[Cell], titles: Mapping[str, str]) -> dict[str, dict[str, dict[str, float]]]:
    """Values by a table's title, row and column; tables of one title are one group."""
    groups: dict[str, dict[str, dict[str, float]]] = {title: {} for title in titles.values()}
    for cell in rows:
        groups[titles[cell.table]].setdefault(cell.row, {})[cell.column] = cell.value
    return groups
