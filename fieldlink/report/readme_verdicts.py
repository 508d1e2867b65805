"""The verdicts over worlds as a block of the README, between two marks that stay there."""

import csv
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from textwrap import shorten

from fieldlink.core import files
from fieldlink.core.errors import InputError
from fieldlink.report.claims_section import SYMBOLS

BEGIN, END = "<!-- verdicts: fieldlink worlds report --readme README.md -->", "<!-- end of verdicts -->"
LONGEST = 110  # letters of a claim


def fill_readme(readme: Path, folder: Path) -> None:
    """Replace what stands between the marks; `folder`: reports/worlds, with its files.

    Raises `InputError` where the marks are missing.
    """
    text = readme.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(f"{readme}: expected the lines {BEGIN!r} and {END!r}, between which the verdicts stand")
    files.write_text(readme, f"{before}{BEGIN}\n{verdict_block(folder)}{END}{after}")


def verdict_block(folder: Path) -> str:
    """Markdown: who judged, a line per claim, and the forest plot. `folder`: as the README is to link it."""
    worlds = json.loads((folder / "worlds.json").read_text("utf-8"))
    seeds = list(map(str, worlds["seeds"]))
    rows = [row for row in csv.DictReader((folder / "claims.csv").open(encoding="utf-8")) if not row["part"]]
    counts = Counter(row["verdict"] for row in rows)
    said = ", ".join(f"{verdict} {counts[verdict]}" for verdict in SYMBOLS)
    return "\n".join(
        [
            "",
            f"**Which published conclusions hold?** {len(seeds)} fresh worlds judge: study seeds {', '.join(seeds)},",
            f"commit `{worlds['commit'][:10]}` ([docs/worlds.md](docs/worlds.md)). Verdicts: {said}. Effects are in",
            f"points, with their {100 * worlds['level']:.5g} % interval over worlds.",
            "",
            "| | conclusion | published | here | verdict | all together |",
            "|---|---|---|---|---|---|",
            *map(_line, rows),
            "",
            f"![The claims over worlds]({folder.as_posix()}/forest.svg)",
            "",
        ]
    )


def _line(row: Mapping[str, str]) -> str:
    text = shorten(row["text"], LONGEST, placeholder=" …").replace("|", "\\|")
    interval = f" [{_points(row['ci_low'])}, {_points(row['ci_high'])}]" if row["ci_low"] else ""
    effects = f"{_points(row['published_effect'])} | {_points(row['effect'])}{interval}"
    verdicts = f"{SYMBOLS[row['verdict']]} {row['verdict']} | {row['verdict_of_twelve']}"
    return f"| {row['claim']} | {text} | {effects} | {verdicts} |"


def _points(value: str) -> str:
    return f"{float(value):+.2f}".replace("-", "−") if value else "–"
