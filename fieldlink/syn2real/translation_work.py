"""Translate the views of a few objects: the work of one worker process, as rows of dataset `translated_views`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core import datasets, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.resume import Rows
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import pictures
from fieldlink.scenes.views import Views, by_object, of_rows, view_subset
from fieldlink.syn2real import depth_control
from fieldlink.syn2real.loaded_translator import LoadedTranslator


def classes_to_translate(objects: Path) -> dict[str, str]:
    """Class by id of the original training and validation objects of a dataset `objects`."""
    rows = datasets.read(objects, schemas.OBJECTS, ["object_id", "class_name", "split", "augmentation"])
    originals = rows.filter((pc.field("augmentation") == 0) & (pc.field("split") != "test"))
    return dict(zip(originals["object_id"].to_pylist(), originals["class_name"].to_pylist(), strict=True))


@dataclass(frozen=True)
class TranslationTask:
    """Rows of `views`, and all that decides their translations."""

    rows: pa.Table
    class_of: Mapping[str, str]  # of objects
    most: int  # views of an object, those of the largest silhouettes
    study_seed: int
    translator: LoadedTranslator


def translate_objects(task: TranslationTask) -> Rows:
    """Rows of `translated_views`. A picture depends on the study's seed, the object's id and its views alone.

    An object whose views translators can't use is set aside with its reason.
    """
    translated, rejected = [], {}
    for object_id, rows in by_object(task.rows).items():
        try:
            views, numbers = _largest(rows, task.most)
        except InputError as error:
            rejected[object_id] = str(error)
            continue
        seeds = [seed_of(task.study_seed, "translate", object_id, number) for number in numbers]
        translations = task.translator.pictures(views, task.class_of[object_id], seeds)
        translated += [
            (object_id, number, pictures.encode(picture), task.translator.name, prompt)
            for number, (picture, prompt) in zip(numbers, translations, strict=True)
        ]
    names = ("object_id", "view", "image", "translator", "prompt")
    return Rows({name: [row[index] for row in translated] for index, name in enumerate(names)}, rejected)


def _largest(rows: pa.Table, most: int) -> tuple[Views, list[int]]:
    """The views of the largest silhouettes, and their numbers."""
    views = of_rows(rows)
    if views.depth is None or views.depth.shape != views.image.shape[:3]:
        raise InputError("views without depth of their size, which translators need")
    indices = depth_control.largest_silhouettes(views.depth, most)
    if not views.depth[indices].any(axis=(1, 2)).all():
        raise InputError("a view that shows nothing, its depth is 0 everywhere")
    return view_subset(views, indices.tolist()), rows["view"].to_numpy()[indices].tolist()
