"""Result tables as in the thesis: rows × columns, ours beside the published number, the best of a column marked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.study_tables import study_table
from fieldlink.report.labels import column_label, label
from fieldlink.report.table_results import TableResult

TablePosition = tuple[str, str]  # row, heading of the column
SeedRanges = Mapping[CellKey, tuple[float, float]]  # lowest and highest training seed


@dataclass(frozen=True)
class TableCell:
    """Our result and the published one. Either may be missing."""

    ours: TableResult | None
    published: TableResult | None
    best: bool  # ours, of its column
    best_published: bool
    seed_range: tuple[float, float] | None  # of ours


@dataclass(frozen=True)
class TableRow:
    label: str
    published: bool  # whether the thesis has this row
    cells: list[TableCell]

    @property
    def results(self) -> list[TableResult]:
        return [cell.ours for cell in self.cells if cell.ours]

    @property
    def seeds(self) -> str:
        return _printed_range(result.seeds for result in self.results)

    @property
    def n(self) -> str:
        return _printed_range(result.n for result in self.results)

    @property
    def setting(self) -> str:
        """The distinct settings of its results, such as the batch really used."""
        return "; ".join(dict.fromkeys(result.setting for result in self.results if result.setting))


@dataclass(frozen=True)
class TableColumn:
    label: str
    published: bool  # whether the thesis has this column


@dataclass(frozen=True)
class ReportTable:
    number: str  # 4.4a; fig4.1 for the numbers behind a figure
    title: str
    question: str
    columns: list[TableColumn]
    rows: list[TableRow]

    @property
    def name(self) -> str:
        """Table 4.4a or Figure 4.1, say."""
        return self.number.replace("fig", "Figure ") if self.number.startswith("fig") else f"Table {self.number}"


def pivot_tables(
    results: Sequence[TableResult], published: Sequence[TableResult], seed_ranges: SeedRanges
) -> list[ReportTable]:
    """One table per number that has results: published tables in the order of the thesis, then the others by number.

    Published rows and columns come first in their order; our own rows and columns follow and are marked. Raises
    `InputError` for a table that isn't in the registry.
    """
    published_numbers = list(dict.fromkeys(result.key.table for result in published))
    numbers = {result.key.table for result in results}
    ordered = [number for number in published_numbers if number in numbers] + sorted(numbers - set(published_numbers))
    return [_table(number, _of_table(results, number), _of_table(published, number), seed_ranges) for number in ordered]


def _table(
    number: str, results: list[TableResult], published: list[TableResult], seed_ranges: SeedRanges
) -> ReportTable:
    both = [*published, *results]
    ours, theirs = _by_position(results, both), _by_position(published, both)
    best, best_published = _best_positions(ours), _best_positions(theirs)
    ranges = {
        position: seed_ranges[result.key]
        for position, result in ours.items()
        if result.seeds > 1 and result.key in seed_ranges
    }
    columns = list(dict.fromkeys(column for _, column in [*theirs, *ours]))
    published_rows, published_columns = {row for row, _ in theirs}, {column for _, column in theirs}
    rows = []
    for row in dict.fromkeys(row for row, _ in [*theirs, *ours]):
        cells = [
            TableCell(ours.get(at), theirs.get(at), at in best, at in best_published, ranges.get(at))
            for at in ((row, column) for column in columns)
        ]
        rows.append(TableRow(label(row), not published or row in published_rows, cells))
    headings = [TableColumn(column, column in published_columns) for column in columns]
    table = study_table(number)
    return ReportTable(number, table.title, table.question, headings, rows)


def _by_position(results: Sequence[TableResult], both: Sequence[TableResult]) -> dict[TablePosition, TableResult]:
    """Results by position. A column with several metrics in one row has a heading per metric."""
    metrics: dict[tuple[str, str], set[str]] = {}
    for result in both:
        metrics.setdefault((result.key.row, result.key.column), set()).add(result.key.metric)
    several = {column for (_, column), names in metrics.items() if len(names) > 1}
    return {(result.key.row, _heading(result, result.key.column in several)): result for result in results}


def _heading(result: TableResult, with_metric: bool) -> str:
    name = column_label(result.key.column)
    return f"{name} ({label(result.key.metric)})" if with_metric else name


def _best_positions(results: Mapping[TablePosition, TableResult]) -> set[TablePosition]:
    """The positions of each column's best values, the highest as printed: ties share the mark.

    A column of one value has none.
    """
    best = set()
    for column in {column for _, column in results}:
        values = {position: round(result.value, 1) for position, result in results.items() if position[1] == column}
        if len(values) > 1:
            best |= {position for position, value in values.items() if value == max(values.values())}
    return best


def _of_table(results: Iterable[TableResult], number: str) -> list[TableResult]:
    return [result for result in results if result.key.table == number]


def _printed_range(numbers: Iterable[int]) -> str:
    """The one number that all share, or the smallest and largest."""
    ordered = sorted(set(numbers))
    return "–".join(f"{number:,}" for number in dict.fromkeys([ordered[0], ordered[-1]])) if ordered else ""
