"""Result tables as in the thesis: rows × columns, ours beside the published number, the best of a column marked."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fieldlink.core.errors import InputError
from fieldlink.report import table_titles

KEYS = ("table", "row", "column", "metric")
Key = tuple[str, str, str, str]
LOWER_IS_BETTER = ("rank", "seconds", "loss")  # words in a metric's name


@dataclass(frozen=True)
class Result:
    """One number, ours or published, in percent; `low` and `high` bound its 95 % interval."""

    table: str
    row: str
    column: str
    metric: str
    value: float
    low: float
    high: float
    seeds: int = 1  # training seeds behind the value
    n: int = 0  # queries behind the value; 0 = not stated
    setting: str = ""  # what else should be known of the row

    @property
    def key(self) -> Key:
        return self.table, self.row, self.column, self.metric


@dataclass(frozen=True)
class Cell:
    """What stands where a row meets a column; either side may be missing."""

    ours: Result | None
    published: Result | None
    best: bool  # of ours
    best_published: bool
    spread: tuple[float, float] | None  # of ours: the lowest and the highest training seed


@dataclass(frozen=True)
class Row:
    label: str
    own: bool  # a row that this table of the thesis doesn't have
    cells: list[Cell]

    @property
    def seeds(self) -> str:
        return _range(cell.ours.seeds for cell in self.cells if cell.ours)

    @property
    def setting(self) -> str:
        """What all or some of its cells say of themselves, such as the batch really used."""
        return "; ".join(dict.fromkeys(cell.ours.setting for cell in self.cells if cell.ours and cell.ours.setting))

    @property
    def n(self) -> str:
        return _range(cell.ours.n for cell in self.cells if cell.ours)


@dataclass(frozen=True)
class Column:
    label: str
    own: bool  # a column the thesis doesn't have


@dataclass(frozen=True)
class Table:
    number: str  # 4.4a; fig4.1 for the numbers behind a figure
    title: str
    question: str
    columns: list[Column]
    rows: list[Row]

    @property
    def name(self) -> str:
        return table_titles.name(self.number)


def ours(text: str, source: str) -> list[Result]:
    """Results from the CSV text of one study; `source` names it in errors."""
    settings = [row.get("setting") or "" for row in csv.DictReader(io.StringIO(text))]
    return [
        Result(*key, value, number("ci_low"), number("ci_high"), int(number("seeds")), int(number("n")), setting)
        for (key, value, number), setting in zip(_rows(text, source), settings, strict=True)
    ]


def published(text: str, source: str) -> list[Result]:
    """Published numbers from their CSV text; `ci95` is half the interval's width."""
    return [
        Result(*key, value, value - number("ci95"), value + number("ci95"))
        for key, value, number in _rows(text, source)
    ]


def spreads(text: str, source: str) -> dict[Key, tuple[float, float]]:
    """Lowest and highest value over training seeds, from the CSV text of one study's values by seed."""
    values: dict[Key, list[float]] = {}
    for key, value, _ in _rows(text, source):
        values.setdefault(key, []).append(value)
    return {key: (min(found), max(found)) for key, found in values.items()}


def pivot(
    results: Sequence[Result], references: Sequence[Result], spread: Mapping[Key, tuple[float, float]]
) -> list[Table]:
    """One table per number that we have results for, in the order of the thesis, unknown ones last.

    Published rows and columns come first in their order; rows of our own follow and say so.
    """
    known = list(dict.fromkeys(result.table for result in references))
    numbers = dict.fromkeys(result.table for result in results)
    ordered = [number for number in known if number in numbers] + sorted(numbers.keys() - set(known))
    return [_table(number, _of(results, number), _of(references, number), spread) for number in ordered]


def _table(
    number: str, results: list[Result], references: list[Result], spread: Mapping[Key, tuple[float, float]]
) -> Table:
    both = [*references, *results]
    mine, theirs = _placed(results, both), _placed(references, both)
    best, best_published = _best(mine), _best(theirs)
    varied = {at: spread[result.key] for at, result in mine.items() if result.seeds > 1 and result.key in spread}
    columns = list(dict.fromkeys(column for _, column in [*theirs, *mine]))
    published_rows = {row for row, _ in theirs}
    rows = []
    for row in dict.fromkeys(row for row, _ in [*theirs, *mine]):
        places = [(row, column) for column in columns]
        cells = [Cell(mine.get(at), theirs.get(at), at in best, at in best_published, varied.get(at)) for at in places]
        rows.append(Row(table_titles.words(row), bool(references) and row not in published_rows, cells))
    published_columns = {column for _, column in theirs}
    headings = [Column(column, column not in published_columns) for column in columns]
    return Table(number, *table_titles.question(number), headings, rows)


def _placed(results: Sequence[Result], both: Sequence[Result]) -> dict[tuple[str, str], Result]:
    """Results by (row, heading); where a column serves several metrics in one row, the metric joins the heading."""
    metrics: dict[tuple[str, str], set[str]] = {}
    for result in both:
        metrics.setdefault((result.row, result.column), set()).add(result.metric)
    shared = {column for (_, column), found in metrics.items() if len(found) > 1}
    return {(result.row, _heading(result, result.column in shared)): result for result in results}


def _heading(result: Result, with_metric: bool) -> str:
    name = table_titles.column(result.column)
    return f"{name} ({table_titles.words(result.metric)})" if with_metric else name


def _best(placed: Mapping[tuple[str, str], Result]) -> set[tuple[str, str]]:
    """The places of each column's best value, as printed (ties share the mark); none in a column of one value."""
    best = set()
    for column in {column for _, column in placed}:
        rows = {at: result for at, result in placed.items() if at[1] == column}
        lower = any(word in result.metric for result in rows.values() for word in LOWER_IS_BETTER)
        values = {at: round(-result.value if lower else result.value, 1) for at, result in rows.items()}
        if len(rows) > 1:
            best |= {at for at, value in values.items() if value == max(values.values())}
    return best


def _of(results: Iterable[Result], table: str) -> list[Result]:
    return [result for result in results if result.table == table]


def _range(values: Iterable[int]) -> str:
    """The one value all share, or the smallest and largest."""
    found = sorted(set(values))
    return "–".join(f"{value:,}" for value in dict.fromkeys([found[0], found[-1]])) if found else ""


def _rows(text: str, source: str) -> Iterator[tuple[Key, float, Callable[[str], float]]]:
    """Each row's keys, value, and a reader of its other numbers that names the place where one can't be read."""
    for line, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):

        def number(column: str, row: dict[str, str] = row, line: int = line) -> float:
            try:
                return float(row[column])
            except (KeyError, TypeError, ValueError) as error:
                raise InputError(
                    f"{source}: line {line}: {column} is {row.get(column)!r}, expected a number"
                ) from error

        missing = [name for name in KEYS if row.get(name) is None]
        if missing:
            raise InputError(f"{source}: line {line}: columns {missing} are missing, expected {list(KEYS)}")
        yield (row["table"], row["row"], row["column"], row["metric"]), number("value"), number
