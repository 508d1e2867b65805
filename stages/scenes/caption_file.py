"""Captions from a CSV file with the columns model_id and caption, in place of the catalogue's own (protocol 11).

Other columns, as class_id in the files of captioned ShapeNet, and models that aren't of the study are ignored.
"""

import csv
from collections.abc import Collection
from pathlib import Path

from stages.errors import InputError

OWN = Path("stages/scenes/captions.py")  # what scenes.captions names where no file is given
COLUMNS = ("model_id", "caption")


def read(file: Path, known: Collection[str]) -> dict[str, str]:
    """The caption of each id of `known` that has one; an id with two is an error, as is a file of others alone."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            absent = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
            rows = [(reader.line_num, *(row[name] for name in COLUMNS)) for row in reader] if not absent else []
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{file}: expected a CSV file with the columns {', '.join(COLUMNS)} ({error})") from error
    if absent:
        raise InputError(f"{file}: no column {', '.join(absent)}, expected {', '.join(COLUMNS)}")
    found: dict[str, str] = {}
    for line, model, caption in rows:
        if model in known and caption and found.setdefault(model, caption.strip()) != caption.strip():
            raise InputError(f"{file}, line {line}: {model} has another caption above, expected one")
    if not found:
        raise InputError(f"{file}: a caption of none of the {len(known)} objects, expected their ids as model_id")
    return found
