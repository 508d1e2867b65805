"""The three headline numbers of a study, read from its tables."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from fieldlink.core.errors import InputError
from fieldlink.core.variants import Variant


class HeadlineCell(NamedTuple):
    """A cell of a table that speaks for its study."""

    meaning: str
    file: str  # below the folder of tables
    table: str
    row: str
    column: str


HEADLINE = (
    HeadlineCell(
        "zero-shot accuracy of nerf2clip, from a NeRF's weights alone",
        "zero_shot.csv",
        "4.1",
        Variant(direction="nerf2clip", source="rendered", views="N").text,
        "cosine",
    ),
    HeadlineCell(
        "recall@1 of clip2nerf, from a view to NeRFs of its class",
        "retrieval.csv",
        "4.4a",
        Variant(direction="clip2nerf", loss="cosine").text,
        "recall@1",
    ),
    HeadlineCell(
        "recall@1 of clip2nerf, from a photo to NeRFs of its class",
        "retrieval.csv",
        "4.5a",
        Variant(direction="clip2nerf", loss="cosine").text,
        "recall@1",
    ),
)


def lines(tables: Path) -> Iterator[str]:
    """A line of text per headline number: value, 95 % interval, meaning and table.

    Raises `InputError` if the folder holds none of the tables. A cell that the study lacks is "not computed".
    """
    files = {cell.file for cell in HEADLINE}
    if not any((tables / file).is_file() for file in files):
        raise InputError(f"{tables}: holds no {' nor '.join(sorted(files))}; run the study first: make study")
    for cell in HEADLINE:
        yield f"{_value(tables / cell.file, cell)}  {cell.meaning} (Table {cell.table})"


def _value(file: Path, cell: HeadlineCell) -> str:
    if file.is_file():
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                if (row["table"], row["row"], row["column"]) == (cell.table, cell.row, cell.column):
                    return f"{float(row['value']):5.1f} % [{float(row['ci_low']):.1f}, {float(row['ci_high']):.1f}]"
    return "not computed"
