"""Result tables as tests read them: the rows of a CSV file and the keys of their cells."""

import csv
from pathlib import Path

KEYS = ("table", "row", "column", "metric")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def keys(table: list[dict[str, str]]) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in KEYS) for row in table]
