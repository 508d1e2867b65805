"""The objects and photos from which NeRFs are generated, with their CLIP and NeRF vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core import datasets
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, IMAGE_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, PHOTOS
from fieldlink.embeddings.selection import originals, rows_of, views_of
from fieldlink.generation.generated_vectors import Vectors, draw_ids, mean_norm


@dataclass(frozen=True)
class DrawnInputs:
    """What NeRFs are generated from."""

    nerfs: Vectors  # the objects' own NeRF vectors
    clip: dict[str, Vectors]  # CLIP vectors by kind of input: gt, caption, photo

    @property
    def object_ids(self) -> Sequence[str]:
        return self.nerfs[0]


@dataclass(frozen=True)
class GenerationData:
    """Datasets of objects and photos, and the embeddings of each."""

    objects: pa.Table
    photos: pa.Table
    nerf_embeddings: pa.Table
    gt_embeddings: pa.Table
    photo_embeddings: pa.Table
    captions: pa.Table
    source: str  # the objects' name in errors

    @staticmethod
    def read(
        objects: Path,
        photos: Path,
        nerf_embeddings: Path,
        gt_embeddings: Path,
        photo_embeddings: Path,
        captions: Path,
    ) -> "GenerationData":
        """From the folders of the datasets."""
        return GenerationData(
            objects=datasets.read(objects, OBJECTS),
            photos=datasets.read(photos, PHOTOS, ["photo_id", "class_name", "split"]),
            nerf_embeddings=datasets.read(nerf_embeddings, NERF_EMBEDDINGS),
            gt_embeddings=datasets.read(gt_embeddings, IMAGE_EMBEDDINGS),
            photo_embeddings=datasets.read(photo_embeddings, IMAGE_EMBEDDINGS),
            captions=datasets.read(captions, CAPTION_EMBEDDINGS),
            source=str(objects),
        )

    def draw(self, split: str, per_class: int, study_seed: int) -> DrawnInputs:
        """At most `per_class` objects of each class of a split, and as many photos.

        An object needs a NeRF vector and views, a photo its embedding. Each object has one view, and a caption if the
        data holds it. Raises `InputError` if there is no such object.
        """
        objects, photos = self._originals(split), self._embedded_photos(split)
        object_ids = draw_ids(
            objects["object_id"].to_pylist(), objects["class_name"].to_pylist(), per_class, study_seed
        )
        photo_ids = draw_ids(photos["photo_id"].to_pylist(), photos["class_name"].to_pylist(), per_class, study_seed)
        return DrawnInputs(
            nerfs=(object_ids, datasets.matrix(rows_of(self.nerf_embeddings, "object_id", object_ids)["embedding"])),
            clip={
                "gt": (object_ids, views_of(self.gt_embeddings, object_ids).queries(study_seed)),
                "caption": _vectors(rows_of(self.captions, "object_id", object_ids), "object_id"),
                "photo": _vectors(rows_of(self.photo_embeddings, "owner_id", photo_ids), "owner_id"),
            },
        )

    def training_norm(self) -> float:
        """Mean norm of the training objects' NeRF vectors."""
        train = self._originals("train")["object_id"].to_pylist()
        return mean_norm(datasets.matrix(rows_of(self.nerf_embeddings, "object_id", train)["embedding"]))

    def _originals(self, split: str) -> pa.Table:
        required_ids = [self.nerf_embeddings["object_id"].to_pylist(), self.gt_embeddings["owner_id"].to_pylist()]
        return originals(self.objects, split, required_ids=required_ids, source=self.source)

    def _embedded_photos(self, split: str) -> pa.Table:
        of_split = self.photos.filter(pc.field("split") == split)
        return rows_of(of_split, "photo_id", self.photo_embeddings["owner_id"].to_pylist())


def _vectors(rows: pa.Table, key: str) -> Vectors:
    return rows[key].to_pylist(), datasets.matrix(rows["embedding"])
