"""Objects whose NeRFs were fitted elsewhere: the folder that import_nerfs writes.

    <folder>/objects, <folder>/views, <folder>/nerfs     datasets, keyed by object id; `<id>.a1` is a copy of `<id>`

Poses are in the NeRFs' own frame, whatever axis points up there: weights can't be turned.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import ObjectClass
from fieldlink.core.schemas import OBJECTS, VIEWS
from fieldlink.scenes.importers.listing import ListedItem, Listing, collected
from fieldlink.scenes.importers.resizing import evenly, shrunk
from fieldlink.scenes.views import Views, of_rows, view_subset


def listing(folder: Path, classes: Mapping[str, ObjectClass]) -> Listing:
    """Every original, with the numbers of the copies that came with it; those of other classes are left out."""
    names, family = {each.synset: name for name, each in classes.items()}, defaultdict(list)
    every = datasets.read(folder / "objects", OBJECTS).to_pylist()
    rows = [row for row in every if row["synset"] in names]
    if not rows:
        raise InputError(f"{folder}: synset {every[0]['synset']} is no class of params.yaml, nor is any other")
    looks = datasets.digests_by_key(datasets.shards(folder / "views", VIEWS), "object_id")
    for row in rows:
        if row["object_id"] not in looks:
            raise InputError(f"{folder}: no views of {row['object_id']}; rerun import_nerfs")
        family[row["base_object_id"]].append(row)
    offers = []
    for base, members in family.items():
        content = " ".join(looks[row["object_id"]] for row in members)
        copies = tuple(row["augmentation"] for row in members if row["augmentation"])
        if len(copies) < len(members):  # copies without an original are of no use
            offers.append(ListedItem(base, names[members[0]["synset"]], folder, content, copies=copies))
    elsewhere = sum(row["synset"] not in names and not row["augmentation"] for row in every)
    return replace(collected(offers), elsewhere=elsewhere)


def read(folder: Path, object_id: str, most_views: int, resolution: int) -> Views:
    """Up to `most_views` views of one object, evenly spread, no larger than `resolution`."""
    views = of_rows(datasets.rows_with_ids(folder / "views", VIEWS, [object_id]))
    return shrunk(view_subset(views, np.asarray(evenly(len(views), most_views)).tolist()), resolution)
