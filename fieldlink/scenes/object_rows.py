"""Rows of dataset `objects`, with captions from a file or from the catalogue."""

import itertools
from collections.abc import Iterable
from dataclasses import asdict

import pyarrow as pa

from fieldlink.core import datasets, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.scenes import splits
from fieldlink.scenes.catalogue_source import catalogue_object
from fieldlink.scenes.importers import caption_file
from fieldlink.scenes.scene_sources import scene_source
from fieldlink.scenes.source_types import ObjectTask


def object_rows(tasks: Iterable[ObjectTask]) -> pa.Table:
    """Rows of dataset `objects`, one a task."""
    tasks = list(tasks)
    columns = {name: [asdict(task.row)[name] for task in tasks] for name in asdict(tasks[0].row)}
    caption_of = _captions([task for task in tasks if not task.row.augmentation])
    captions = [caption_of.get(task.row.object_id) for task in tasks]
    return datasets.table(schemas.OBJECTS, {**columns, "caption": captions})


def check_every_split(tasks: Iterable[ObjectTask], params: Params) -> None:
    """Raise `InputError` if a class has no object in some split, after unreadable objects were set aside."""
    if scene_source(params.scenes.source).single_scenes:
        return
    filled = {(task.row.class_name, task.row.split) for task in tasks}
    for class_name, split in itertools.product(params.classes, splits.SPLITS):
        if (class_name, split) not in filled:
            raise InputError(f"class {class_name}: no {split} object, at least one expected; are there too few?")


def _captions(originals: list[ObjectTask]) -> dict[str, str]:
    """Captions by id, from a file or of the catalogue. A copy has none: its colours differ from the caption's."""
    ids, file = [task.row.object_id for task in originals], originals[0].scenes.captions if originals else None
    if file and file != caption_file.OUR_CODE:
        return caption_file.read_captions(file, set(ids))
    return {
        name: catalogue_object(task).caption for name, task in zip(ids, originals, strict=True) if task.item is None
    }
