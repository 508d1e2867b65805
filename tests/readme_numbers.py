"""Write the numbers of this checkout's study into README.md and the studies' pages: `python tests/readme_numbers.py`.

Rows stay as they are; a row whose setting has changed takes the new one. test_docs.py compares what it writes.
"""

import csv
import json
import re
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

from fieldlink.evaluation.study_tables import study_table
from fieldlink.report.headline import HEADLINE

ROOT = Path(__file__).resolve().parent.parent
SETTING = re.compile(r" \([^()]*\)$")  # behind a row's name


def rewritten(path: Path, row: Callable[[list[str]], list[str]], begin: str, end: str) -> None:
    """Pass every row of the first Markdown table between two texts through `row`."""
    before, rest = path.read_text(encoding="utf-8").split(begin, 1)
    table, after = rest.split(end, 1)
    lines = [
        f"| {' | '.join(row([cell.strip() for cell in line.strip('|').split(' | ')]))} |"
        if line.startswith("|") and not set(line) <= set("|- ")
        else line
        for line in table.split("\n")
    ]
    path.write_text(before + begin + "\n".join(lines) + end + after, encoding="utf-8")


def numbers(cell: dict[str, str]) -> list[str]:
    """A result's value and interval, as the pages show them."""
    value, low, high = (f"{float(cell[name]):.1f}" for name in ("value", "ci_low", "ci_high"))
    return [value, f"{low} to {high}"]


def results(study: str) -> dict[tuple[str, str, str], dict[str, str]]:
    with (ROOT / "reports" / "tables" / f"{study}.csv").open(encoding="utf-8", newline="") as file:
        return {(row["table"], row["row"], row["column"]): row for row in csv.DictReader(file)}


def of_table(row: list[str], cells: dict[tuple[str, str, str], dict[str, str]]) -> list[str]:
    if len(row) != 5 or row[0] == "table":
        return row
    table, name, column, *_ = row
    name = name if (table, name, column) in cells else SETTING.sub("", name)
    cell = cells[table, name, column]
    return [table, name + (f" ({cell['setting']})" if cell["setting"] else ""), column, *numbers(cell)]


def of_metrics(row: list[str]) -> list[str]:
    if len(row) != 3 or row[0] == "file":
        return row
    metrics: Any = json.loads((ROOT / "reports" / "metrics" / f"{row[0]}.json").read_text(encoding="utf-8"))
    return [row[0], row[1], str(reduce(lambda values, key: values[key], row[1].split("."), metrics))]


def of_headline(row: list[str]) -> list[str]:
    for key in HEADLINE:
        if f"(Table {key.table}, {key.row.split()[0]})" in row[0]:
            return [row[0], *numbers(results(study_table(key.table).study)[key.table, key.row, key.column])]
    return row


def main() -> None:
    for path in sorted(ROOT.glob("pipelines/*/README.md")):
        tables = ROOT / "reports" / "tables" / f"{path.parent.name}.csv"
        cells = results(path.parent.name) if tables.is_file() else {}
        rewritten(path, lambda row, cells=cells: of_table(of_metrics(row), cells), "**Numbers to expect.**", "**What")
    rewritten(ROOT / "README.md", of_headline, "| from", "\n\n")


if __name__ == "__main__":
    main()
