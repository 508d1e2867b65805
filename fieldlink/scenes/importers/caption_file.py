"""Captions from a CSV file with the columns model_id and caption, in place of the catalogue's own (protocol 11).

Other columns, as class_id in the files of captioned ShapeNet, and models that aren't of the study are ignored.
"""

import csv
from collections.abc import Collection
from pathlib import Path

from fieldlink.core.errors import InputError

OUR_CODE = Path("fieldlink/scenes/catalogue/captions.py")  # what scenes.captions names where no file is given
COLUMNS = ("model_id", "caption")


def read_captions(file: Path, known: Collection[str]) -> dict[str, str]:
    """The caption of each id of `known` that has one; an id with two is an error, as is a file of others alone."""
    found: dict[str, str] = {}
    for line, model, caption in caption_rows(file):
        if model in known and caption and found.setdefault(model, caption) != caption:
            raise InputError(f"{file}, line {line}: {model} has another caption above, expected one")
    if not found:
        raise InputError(f"{file}: a caption of none of the {len(known)} objects, expected their ids as model_id")
    return found


def caption_rows(file: Path) -> list[tuple[int, str, str]]:
    """Line, model and caption; '' for none."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            names = reader.fieldnames or []
            found = [(reader.line_num, row) for row in reader]
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{file}: expected a CSV file with the columns {', '.join(COLUMNS)} ({error})") from error
    if absent := [name for name in COLUMNS if name not in names]:
        raise InputError(f"{file}: no column {', '.join(absent)}, expected {', '.join(COLUMNS)}")
    return [(line, row["model_id"], (row["caption"] or "").strip()) for line, row in found]
