"""The folder reports/worlds: tables over worlds, a forest plot and a page, from the experiments that git holds."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fieldlink.core import files
from fieldlink.evaluation.results.table_cells import csv_text
from fieldlink.evaluation.worlds import summaries
from fieldlink.report.world_families import WorldFamily, read_families
from fieldlink.report.worlds_page import forest, worlds_html

Lines = list[dict[str, Any]]


def write(repository: Path, commit: str, out: Path) -> str:
    """Write the folder, with a folder below it for each further family; returns what was written.

    Folders of families of an earlier report go.

    `commit`: '' for the latest that has worlds. Raises `InputError` where there are none.
    """
    base, *others = read_families(repository, commit)
    for earlier in out.glob("*/worlds.json"):
        if earlier.parent.name not in {other.name for other in others}:
            shutil.rmtree(earlier.parent)
    _write_family(out, base, [], base.name, [other.name for other in others])
    for other in others:
        differences = summaries.difference_lines(base.worlds, other.worlds, base.level)
        _write_family(out / other.name, other, differences, base.name, [])
    counts = ", ".join(f"{len(family.worlds)} worlds of {family.name or 'the commit'}" for family in (base, *others))
    return f"{counts} ({base.commit[:10]}): {out / 'index.html'}"


def _write_family(folder: Path, family: WorldFamily, differences: Lines, base: str, others: Sequence[str]) -> None:
    """Tables, plot and page of one family. `differences`: those from the family `base`."""
    tables: dict[str, Lines] = {
        "effects": summaries.effect_lines(family.worlds),
        "claims": [claim.line() for claim in family.claims],
        "cells": [cell.line() for cell in family.cells],
        "components": summaries.component_lines(family.claims, family.cells),
        "differences": differences,
    }
    for name, lines in tables.items():
        path = folder / f"{name}.csv"
        if lines:
            files.write_text(path, csv_text(lines, list(lines[0])))
        else:
            path.unlink(missing_ok=True)
    origin = {
        "commit": family.commit,
        "family": family.name,
        "seeds": [world.seed for world in family.worlds],
        "level": family.level,
    }
    files.write_text(folder / "worlds.json", json.dumps(origin, indent=2) + "\n")
    files.write_text(folder / "forest.svg", forest(family).svg.decode())
    files.write_text(folder / "index.html", worlds_html(family, differences, base, others))
