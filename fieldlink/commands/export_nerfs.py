"""Write fitted NeRFs, their poses and pictures in the layout of the official nf2vec code."""

import json
from typing import Annotated

from fieldlink.commands.arguments import Nerfs, NewFolder, Objects, Views
from fieldlink.commands.flag_style import DATASET, FOLDER
from fieldlink.core import datasets, files, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.progress import progress


def export_nerfs(
    objects: Annotated[Objects, DATASET],
    views: Annotated[Views, DATASET],
    nerfs: Annotated[Nerfs, DATASET],
    out: Annotated[NewFolder, FOLDER],
) -> None:
    """Write one folder per NeRF, and the split as train.json, validation.json and test.json."""
    import numpy as np

    from fieldlink.exchange import nerf_export
    from fieldlink.scenes.views import by_object, of_rows

    if out.exists():
        raise InputError(f"{out}: exists, expected a new folder")
    object_rows = {row["object_id"]: row for row in datasets.read(objects, schemas.OBJECTS).to_pylist()}
    entries = {split: [] for split in ("train", "validation", "test")}
    with files.replacing(out) as temporary:
        for shard in progress(datasets.shards(nerfs, schemas.NERFS), "export_nerfs", "shards"):
            views_of = by_object(datasets.rows_with_ids(views, schemas.VIEWS, shard["object_id"].to_pylist()))
            for row in shard.to_pylist():
                object_row = object_rows[row["object_id"]]
                folder = nerf_export.folder_of(
                    object_row["synset"], object_row["base_object_id"], object_row["augmentation"]
                )
                weights, views_of_object = np.asarray(row["weights"], np.float32), of_rows(views_of[row["object_id"]])
                nerf_export.write(temporary / folder, weights, row["occupancy"], views_of_object)
                entries[object_row["split"]].append(nerf_export.split_entry(folder))
        for split, folders in entries.items():
            files.write_text(temporary / f"{split}.json", json.dumps(folders, indent=0) + "\n")
