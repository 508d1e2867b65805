"""Objects whose NeRFs were fitted elsewhere: the folder that import_nerfs writes.

    <folder>/objects, <folder>/views, <folder>/nerfs     datasets, keyed by object id; `<id>.a1` is a copy of `<id>`

Poses are in the NeRFs' own frame, with any axis up: weights can't be turned.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import ObjectClass, Params
from fieldlink.core.schemas import NERFS, OBJECTS, VIEWS
from fieldlink.scenes.importers.listing import ListedItem, Listing, collected
from fieldlink.scenes.importers.resizing import evenly, shrunk
from fieldlink.scenes.source_types import IMPORTED, ViewSource, item_path
from fieldlink.scenes.views import Views, of_rows, view_subset


def listing(folder: Path, classes: Mapping[str, ObjectClass]) -> Listing:
    """Every original of the study's classes, with the numbers of the copies in the folder."""
    names = {object_class.synset: name for name, object_class in classes.items()}
    all_rows = datasets.read(folder / "objects", OBJECTS).to_pylist()
    rows = [row for row in all_rows if row["synset"] in names]
    if not rows:
        raise InputError(f"{folder}: synset {all_rows[0]['synset']} is no class of params.yaml, nor is any other")
    view_digests = datasets.digests_by_key(datasets.shards(folder / "views", VIEWS), "object_id")
    family = defaultdict(list)
    for row in rows:
        if row["object_id"] not in view_digests:
            raise InputError(f"{folder}: no views of {row['object_id']}; rerun import_nerfs")
        family[row["base_object_id"]].append(row)
    items = []
    for base, members in family.items():
        content = " ".join(view_digests[row["object_id"]] for row in members)
        copies = tuple(row["augmentation"] for row in members if row["augmentation"])
        if len(copies) < len(members):  # copies without an original are of no use
            items.append(ListedItem(base, names[members[0]["synset"]], folder, content, copies=copies))
    other_classes = sum(row["synset"] not in names and not row["augmentation"] for row in all_rows)
    return replace(collected(items), other_classes=other_classes)


def read(folder: Path, object_id: str, most_views: int, resolution: int) -> Views:
    """Up to `most_views` views of one object, evenly spread, of at most `resolution` pixels a side."""
    views = of_rows(datasets.rows_with_ids(folder / "views", VIEWS, [object_id]))
    return shrunk(view_subset(views, np.asarray(evenly(len(views), most_views)).tolist()), resolution)


def count(params: Params) -> Counter[str]:
    """Originals of each class. Raises `InputError` if the folder isn't one of import-nerfs."""
    folder = params.scenes.folder
    for schema in (VIEWS, NERFS):
        datasets.schema_name(folder / schema.name)
    rows = datasets.read(folder / "objects", OBJECTS, ["class_name", "augmentation"]).to_pylist()
    return Counter(row["class_name"] for row in rows if not row["augmentation"])


SOURCE = ViewSource(
    title="NeRFs of the official nf2vec code",
    page_text="NeRFs fitted elsewhere, with their views",
    parameters=(*IMPORTED, "imported.nerfs"),
    count=count,
    listing=listing,
    single_scenes=True,
    every_class=False,
    captions=False,
    trial=None,
    trial_extent="",
    views=lambda task: read(item_path(task), task.row.object_id, task.scenes.views, task.scenes.resolution),
    lists_copies=True,
    depth=None,
)
