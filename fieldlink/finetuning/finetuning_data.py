"""The objects of fine-tuning: fitted NeRFs, and the mean CLIP vector of all ground-truth views of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
from jaxtyping import Float, Int

from fieldlink.core import datasets
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, NERFS, OBJECTS
from fieldlink.embeddings.selection import labels, originals, views_of
from fieldlink.finetuning.finetuning_tasks import NerfExamples

DECODED = 8  # validation NeRFs whose decoding is measured


@dataclass(frozen=True)
class FinetuningData:
    """Datasets `objects`, `nerfs` and `image_embeddings` of ground-truth views."""

    objects: pa.Table
    nerfs: Path
    views: pa.Table
    source: str  # the objects' name in errors

    @cached_property
    def fitted_ids(self) -> list[str]:
        """Ids of all fitted NeRFs."""
        return datasets.read(self.nerfs, NERFS, ["object_id"])["object_id"].to_pylist()

    def rows(self, split: str) -> pa.Table:
        """Rows of `objects`: originals of a split with a NeRF and views; none at all is an `InputError`."""
        required_ids = [self.fitted_ids, self.views["owner_id"].to_pylist()]
        return originals(self.objects, split, required_ids=required_ids, source=self.source)

    def ids(self, splits: Sequence[str]) -> list[str]:
        """The ids of several splits, sorted."""
        return sorted(pa.concat_tables([self.rows(split) for split in splits])["object_id"].to_pylist())

    def weights(self, ids: Sequence[str]) -> Float[np.ndarray, "nerf number"]:
        """Weights of the NeRFs of `ids`, which are sorted."""
        return datasets.matrix(datasets.rows_with_ids(self.nerfs, NERFS, ids, ["object_id", "weights"])["weights"])

    def examples(self, split: str, cameras: Path | None = None) -> NerfExamples:
        """The NeRFs of a split and their targets, in order of ids; with their cameras, if dataset `views` is given."""
        ids = self.ids([split])
        fitted = datasets.rows_with_ids(self.nerfs, NERFS, ids, ["object_id", "weights", "occupancy"])
        targets = views_of(self.views, ids).means_of_all()
        cameras_of_objects = None
        if cameras:
            from fieldlink.nerf.object_cameras import read_cameras

            cameras_of_objects = read_cameras(cameras, ids)
        return NerfExamples(
            datasets.matrix(fitted["weights"]), fitted["occupancy"].to_pylist(), targets, cameras_of_objects
        )

    def decoded(self) -> tuple[Float[np.ndarray, "nerf number"], list[bytes]]:
        """Weights and occupancy of the validation NeRFs whose decoding is measured."""
        fitted = datasets.rows_with_ids(self.nerfs, NERFS, self.ids(["validation"])[:DECODED], ["weights", "occupancy"])
        return datasets.matrix(fitted["weights"]), fitted["occupancy"].to_pylist()

    def test_labels(
        self, ids: Sequence[str], classes: Sequence[str]
    ) -> tuple[Int[np.ndarray, " test"], Int[np.ndarray, " test"]]:
        """Indices of the test objects among the sorted `ids`, and the index of each one's class among `classes`."""
        test = self.rows("test")
        test_indices = np.flatnonzero(np.isin(ids, test["object_id"].to_pylist()))
        return test_indices, labels(test["class_name"].to_pylist(), classes, self.source)


def read(objects: Path, nerfs: Path, gt_embeddings: Path) -> FinetuningData:
    """The datasets in these folders. NeRFs are read when they are needed."""
    catalogue, views = datasets.read(objects, OBJECTS), datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    return FinetuningData(catalogue, nerfs, views, source=str(objects))
