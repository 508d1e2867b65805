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
LONGEST = 300  # letters of a claim


def fill_readme(readme: Path, folder: Path) -> None:
    """Replace what stands between the marks; `folder`: reports/worlds, with its files.

    Raises `InputError` where the marks or the claims are missing, or the worlds have other parameters than the commit.
    """
    text = readme.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(f"{readme}: expected the lines {BEGIN!r} and {END!r}, between which the verdicts stand")
    files.write_text(readme, f"{before}{BEGIN}\n{verdict_block(folder)}{END}{after}")


def verdict_block(folder: Path) -> str:
    """Markdown: who judged, a line per claim, and the forest plot. `folder`: as the README is to link it.

    Raises `InputError` for worlds of other parameters than the commit's, and where no world has an effect of a claim.
    """
    worlds = json.loads((folder / "worlds.json").read_text("utf-8"))
    if worlds["family"]:
        raise InputError(f"{folder}: worlds of {worlds['family']}, expected those of the commit's own parameters")
    if not (folder / "claims.csv").is_file():
        raise InputError(f"{folder}/claims.csv: no such file; no world has an effect of a claim")
    seeds = list(map(str, worlds["seeds"]))
    rows = [row for row in csv.DictReader((folder / "claims.csv").open(encoding="utf-8")) if not row["part"]]
    counts = Counter(row["verdict"] for row in rows)
    counted = ", ".join(f"{verdict} {counts[verdict]}" for verdict in SYMBOLS)
    return "\n".join(
        [
            "",
            f"**Which published conclusions hold?** {len(seeds)} fresh worlds judge: study seeds {', '.join(seeds)},",
            f"commit `{worlds['commit'][:10]}` ([docs/worlds.md](docs/worlds.md)). Verdicts: {counted}. Effects are in",
            f"points, with their {100 * worlds['level']:.5g} % interval over worlds. All together: the verdict when",
            "all twelve are judged at once (Holm).",
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
