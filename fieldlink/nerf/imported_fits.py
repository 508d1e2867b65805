"""Imported NeRFs, checked against the parameters, in place of fits."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core import datasets, resume, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import NerfParams
from fieldlink.nerf import weight_layout


class ImportedFits:
    """NeRFs of dataset folder `folder` for the objects of dataset `objects`.

    Raises `InputError` if the objects' source isn't `nerfs`.
    """

    def __init__(self, objects: Path, folder: Path, nerf: NerfParams) -> None:
        rows = datasets.read(objects, schemas.OBJECTS, ["object_id", "source"])
        if set(rows["source"].to_pylist()) != {"nerfs"}:
            raise InputError(f"{objects}: not from scenes.source nerfs, whose poses alone belong to {folder}")
        self.folder, self.nerf, self.ids = folder, nerf, rows["object_id"].combine_chunks()

    def tables(self) -> Iterator[pa.Table]:
        """Rows of the objects' NeRFs, shard by shard. Raises `InputError` where they have another size."""
        for shard in datasets.shards(self.folder, schemas.NERFS):
            rows = shard.filter(pc.field("object_id").isin(self.ids))
            self._check_sizes(rows)
            yield rows

    @property
    def finished(self) -> resume.FinishedItems:
        """The objects. Those without a NeRF are rejected."""
        ids = self.ids.to_pylist()
        fitted = set(datasets.read(self.folder, schemas.NERFS, ["object_id"])["object_id"].to_pylist())
        rejected = {object_id: f"no NeRF in {self.folder}" for object_id in ids if object_id not in fitted}
        return resume.FinishedItems(schemas.NERFS, dict.fromkeys(ids, self.folder), rejected)

    def _check_sizes(self, rows: pa.Table) -> None:
        width, cells = rows["weights"].type.list_size, self.nerf.fitting.occupancy
        size = weight_layout.size(self.nerf.field)
        if width != size:
            raise InputError(f"{self.folder}: {width:,} weights, nerf.field has {size:,}")
        if any(len(bits) != -(-(cells**3) // 8) for bits in rows["occupancy"].to_pylist()):
            raise InputError(f"{self.folder}: grids of other than nerf.fitting.occupancy = {cells} cells per axis")
