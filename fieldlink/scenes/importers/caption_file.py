"""Captions from a CSV file with the columns model_id and caption, in place of the catalogue's own (protocol 11).

Other columns (such as class_id of captioned ShapeNet) and models that aren't of the study are ignored. Cells may be
separated by commas, semicolons or tabs, and names of columns written in any case. Line breaks in captions are spaces.
"""

import csv
import io
import re
from collections.abc import Collection
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.foreign_texts import cell_separator, read_text

OUR_CODE = Path("fieldlink/scenes/catalogue/sketches.py")  # value of scenes.captions where no file is given
COLUMNS = ("model_id", "caption")
EXPECTED = f"a CSV file with the columns {', '.join(COLUMNS)}"
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def read_captions(file: Path, object_ids: Collection[str]) -> dict[str, str]:
    """Captions by object id. Raises `InputError` for an id with two captions, and if none of the ids has one."""
    captions: dict[str, str] = {}
    for line, model, caption in caption_rows(file):
        if model in object_ids and caption and captions.setdefault(model, caption) != caption:
            raise InputError(f"{file}, line {line}: {model} has another caption above, expected one")
    if not captions:
        raise InputError(f"{file}: a caption of none of the {len(object_ids)} objects, expected their ids as model_id")
    return captions


def caption_rows(file: Path) -> list[tuple[int, str, str]]:
    """Line number, model id and caption of each row; '' for no caption."""
    text = read_text(file, EXPECTED)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=cell_separator(text), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise InputError(f"{file}, line {reader.line_num}: {error}; expected {EXPECTED}") from error
    names = [name.strip().lower() for name in rows[0][1]] if rows else []
    for column in COLUMNS:
        if names.count(column) != 1:
            raise InputError(f"{file}: {names.count(column) or 'no'} column {column}, expected {' and '.join(COLUMNS)}")
    return [(line, *_cells(row, names, f"{file}, line {line}")) for line, row in rows[1:]]


def _cells(row: list[str], names: list[str], where: str) -> tuple[str, str]:
    """Model id and caption of a row."""
    if len(row) > len(names):
        raise InputError(f"{where}: {len(row)} cells, {len(names)} expected; is a caption with commas not in quotes?")
    model, caption = (" ".join(dict(zip(names, row, strict=False)).get(column, "").split()) for column in COLUMNS)
    if CONTROL.search(caption):
        raise InputError(f"{where}: a control character in the caption, expected text")
    return model, caption
