"""Write fitted NeRFs, their poses and pictures in the layout of the official nf2vec code."""

import json

from fieldlink.commands.arguments import Nerfs, NewFolder, Objects, Views
from fieldlink.core import datasets, files, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.progress import progress


def export_nerfs(objects: Objects, views: Views, nerfs: Nerfs, out: NewFolder) -> None:
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
                about = object_rows[row["object_id"]]
                place = about["synset"], about["base_object_id"], about["augmentation"]
                folder, weights = temporary / nerf_export.folder_of(*place), np.asarray(row["weights"], np.float32)
                nerf_export.write(folder, weights, row["occupancy"], of_rows(views_of[row["object_id"]]))
                entries[about["split"]].append(nerf_export.split_entry(*place))
        for split, listed in entries.items():
            files.write_text(temporary / f"{split}.json", json.dumps(listed, indent=0) + "\n")
