"""Captions from a CSV file with the columns model_id and caption, in place of the catalogue's own (protocol 11).

Other columns (such as class_id of captioned ShapeNet) and models that aren't of the study are ignored.
"""

import csv
import io
from collections.abc import Collection
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign_text

OUR_CODE = Path("fieldlink/scenes/catalogue/captions.py")  # value of scenes.captions where no file is given
COLUMNS = ("model_id", "caption")


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
    try:
        reader = csv.DictReader(io.StringIO(read_foreign_text(file), newline=""))
        names = reader.fieldnames or []
        rows = [(reader.line_num, row) for row in reader]
    except (InputError, csv.Error) as error:
        raise InputError(f"{file}: expected a CSV file with the columns {', '.join(COLUMNS)} ({error})") from error
    if absent := [name for name in COLUMNS if name not in names]:
        raise InputError(f"{file}: no column {', '.join(absent)}, expected {', '.join(COLUMNS)}")
    return [(line, row["model_id"], (row["caption"] or "").strip()) for line, row in rows]
