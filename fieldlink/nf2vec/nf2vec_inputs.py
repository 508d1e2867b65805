"""The NeRFs that nf2vec is trained on and validated with, mapped into memory."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from fieldlink.core import arrays, datasets, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams
from fieldlink.core.scratch import scratch_folder
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.object_cameras import read_cameras
from fieldlink.nf2vec.model import check_width


@dataclass(frozen=True)
class Nf2vecInputs:
    """NeRFs of the training and the validation objects, copies too."""

    training: NerfBatch
    validation: NerfBatch
    digest_parts: list[Any]  # of a digest that differs if any of the NeRFs does

    @classmethod
    def read(cls, objects: Path, nerfs: Path, architecture: FieldParams, views: Path | None = None) -> "Nf2vecInputs":
        """From datasets `objects` and `nerfs`; with their objects' cameras, if dataset `views` is given.

        Raises `InputError` if a split has no NeRF, or NeRFs another size.
        """
        rows = [_rows_of_split(objects, nerfs, split) for split in ("train", "validation")]
        folder = scratch_folder(arrays.FOLDER)
        weights, grids = (arrays.store_column(nerfs, schemas.NERFS, name, folder) for name in ("weights", "occupancy"))
        check_width(nerfs, weights.shape[2], architecture, "nerf.field describes")
        cameras, digest_parts = None, [weights.path.name, grids.path.name, *rows]  # files are named by contents
        if views is not None:
            cameras = read_cameras(views, datasets.read(nerfs, schemas.NERFS, ["object_id"])["object_id"].to_pylist())
            digest_parts.append(cameras.digest)
        training, validation = (NerfBatch.of_rows(weights.open()[0], grids.open()[0], part, cameras) for part in rows)
        return cls(training, validation, digest_parts)


def _rows_of_split(objects: Path, nerfs: Path, split: str) -> list[int]:
    """Rows of the NeRFs of a split's objects; objects without a NeRF were rejected."""
    catalogue = datasets.read(objects, schemas.OBJECTS, ["object_id", "split"])
    ids = set(catalogue.filter(pc.field("split") == split)["object_id"].to_pylist())
    fitted = datasets.read(nerfs, schemas.NERFS, ["object_id"])["object_id"].to_pylist()
    rows = [row for row, name in enumerate(fitted) if name in ids]
    if not rows:
        raise InputError(f"{nerfs}: no NeRF of an object of split {split} in {objects}, expected at least one")
    return rows
