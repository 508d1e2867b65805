"""Results of tables, ours and published, from their CSV texts."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from fieldlink.core.errors import InputError
from fieldlink.evaluation.results.query_results import CellKey


@dataclass(frozen=True)
class TableResult:
    """One number, ours or published, in percent; `low` and `high` bound its interval."""

    key: CellKey
    value: float
    low: float
    high: float
    seeds: int = 1  # training seeds behind the value
    n: int = 0  # queries behind the value; 0 = not stated
    setting: str = ""  # what else should be known of the row


@dataclass(frozen=True)
class _CsvRow:
    """One row of a CSV text with its location for errors."""

    values: dict[str, str]
    location: str

    @property
    def key(self) -> CellKey:
        missing = [name for name in CellKey._fields if self.values.get(name) is None]
        if missing:
            raise InputError(f"{self.location}: columns {missing} are missing, expected {list(CellKey._fields)}")
        return CellKey.of(self.values)

    def number(self, column: str) -> float:
        try:
            return float(self.values[column])
        except (KeyError, TypeError, ValueError) as error:
            value = self.values.get(column)
            raise InputError(f"{self.location}: {column} is {value!r}, expected a number") from error


def read_results(text: str, source: str) -> list[TableResult]:
    """Results from the CSV text of one study. `source` names the text in errors.

    Raises `InputError` for a missing column and for a number that can't be read; so do the other two functions.
    """
    return [
        TableResult(
            row.key,
            value=row.number("value"),
            low=row.number("ci_low"),
            high=row.number("ci_high"),
            seeds=int(row.number("seeds")),
            n=int(row.number("n")),
            setting=row.values.get("setting") or "",
        )
        for row in _csv_rows(text, source)
    ]


def read_published(text: str, source: str) -> list[TableResult]:
    """Published results from their CSV text. Column `ci95` is half the interval's width."""
    results = []
    for row in _csv_rows(text, source):
        value, half = row.number("value"), row.number("ci95")
        results.append(TableResult(row.key, value=value, low=value - half, high=value + half))
    return results


def read_seed_ranges(text: str, source: str) -> dict[CellKey, tuple[float, float]]:
    """Lowest and highest value over training seeds, from the CSV text of one study's values by seed."""
    values: dict[CellKey, list[float]] = {}
    for row in _csv_rows(text, source):
        values.setdefault(row.key, []).append(row.number("value"))
    return {key: (min(numbers), max(numbers)) for key, numbers in values.items()}


def _csv_rows(text: str, source: str) -> Iterator[_CsvRow]:
    for line, values in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        yield _CsvRow(values, f"{source}: line {line}")
