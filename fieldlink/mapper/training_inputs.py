"""What every training of mappers reads and writes: objects with their vectors; models, mapped vectors and curves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import arrays, datasets, saved_models
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, TRAINING_CURVES
from fieldlink.core.scratch import scratch_folder
from fieldlink.core.workers import map_in_workers
from fieldlink.embeddings.selection import only, originals, places, views_in, with_copies
from fieldlink.embeddings.view_embeddings import ViewEmbeddings
from fieldlink.mapper import mapper_columns
from fieldlink.mapper.mapper_tasks import MapperResult, MapperTask, train
from fieldlink.mapper.pairs import Pairs

AT_ONCE = 1024  # objects whose views are copied together

# What mappers are given once they are trained: by domain, ids and the vector of each; and that by direction.
Domains = Mapping[str, tuple[list[str], Float[np.ndarray, "_ _"]]]
Inputs = Mapping[str, Domains]


@dataclass(frozen=True)
class ImageEmbeddings:
    """A dataset `image_embeddings` whose vectors stay in a file."""

    rows: pa.Table  # owners and numbers of the views
    vectors: arrays.StoredArray

    @staticmethod
    def of(folder: Path) -> "ImageEmbeddings":
        rows = datasets.read(folder, IMAGE_EMBEDDINGS, ["owner_id", "view"])
        return ImageEmbeddings(
            rows, arrays.store_column(folder, IMAGE_EMBEDDINGS, "embedding", scratch_folder(arrays.FOLDER))
        )

    @property
    def owners(self) -> list[str]:
        return self.rows["owner_id"].to_pylist()

    def views_of(self, ids: Sequence[str]) -> ViewEmbeddings:
        """A copy of the vectors of `ids`."""
        return views_in(self.rows, self.vectors.open()[0], ids)


def parts(ids: Sequence[str]) -> list[Sequence[str]]:
    """Few enough at once for all their views to be copied."""
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


@dataclass(frozen=True)
class PictureData:
    """Rows of objects, and the CLIP vectors of pictures that mappers learn from and are asked with."""

    objects: pa.Table
    views: ImageEmbeddings  # ground truth
    photos: pa.Table
    where: str = field(default="objects", kw_only=True)  # the objects come from, in errors

    def beside(self, nerfs: Float[np.ndarray, "*set object nerf"], ids: Sequence[str]) -> Pairs:
        """NeRF vectors of `ids` beside all views of each."""
        return Pairs(nerfs, self.views.vectors, *places(self.views.rows, ids))

    def queries(self, ids: Sequence[str], study_seed: int) -> Domains:
        """One view of each of `ids`, and all photos."""
        shots = self.photos["owner_id"].to_pylist(), datasets.matrix(self.photos["embedding"])
        return {"gt": (list(ids), self.views.views_of(ids).queries(study_seed)), "photo": shots}


@dataclass(frozen=True)
class TrainingData(PictureData):
    """The same with the objects' NeRF vectors."""

    nerfs: pa.Table

    @staticmethod
    def read(objects: Path, nerf_embeddings: Path, gt_embeddings: Path, photo_embeddings: Path) -> "TrainingData":
        seen = pictures(objects, gt_embeddings, photo_embeddings)
        return TrainingData(**vars(seen), nerfs=datasets.read(nerf_embeddings, NERF_EMBEDDINGS))

    def ids(self, split: str, *having: Iterable[str], copies: bool = False) -> list[str]:
        """Originals of a split, or its copies too, that have a NeRF vector and views and are in each of `having`."""
        embedded = self.nerfs["object_id"].to_pylist(), self.views.owners, *having
        if copies:
            return with_copies(self.objects, split, *embedded)["object_id"].to_pylist()
        return originals(self.objects, split, *embedded, where=self.where)["object_id"].to_pylist()

    def vectors(self, ids: Sequence[str]) -> Float[np.ndarray, "object nerf"]:
        return datasets.matrix(only(self.nerfs, "object_id", ids)["embedding"])

    def pairs(self, ids: Sequence[str]) -> Pairs:
        """Each object's NeRF vector beside all of its views."""
        return self.beside(self.vectors(ids), ids)

    def test(self, study_seed: int) -> Inputs:
        """clip2nerf maps the queries (one view of each test object, all photos), nerf2clip the gallery."""
        ids = self.ids("test")
        return {"clip2nerf": self.queries(ids, study_seed), "nerf2clip": {"nerf": (ids, self.vectors(ids))}}


def pictures(objects: Path, gt_embeddings: Path, photo_embeddings: Path) -> PictureData:
    photos = datasets.read(photo_embeddings, IMAGE_EMBEDDINGS)
    return PictureData(datasets.read(objects, OBJECTS), ImageEmbeddings.of(gt_embeddings), photos, where=str(objects))


def trained(tasks: Sequence[MapperTask], workers: int) -> list[MapperResult]:
    """What comes of each task, in worker processes."""
    return list(map_in_workers(train, tasks, workers))


def write(models: Mapping[str, MapperResult], inputs: Inputs, out: Path, mapped: Path, stage: str) -> None:
    """By name, a model below `out`; by direction, mapped vectors below `mapped`, none where there is no model."""
    write_models(models, out)
    for direction, domains in inputs.items():
        parts = [mapper_columns.mapped(part, domains) for part in models.values() if part.direction == direction]
        tables = [datasets.table(MAPPED_EMBEDDINGS, part) for part in parts] or [
            datasets.empty_table(MAPPED_EMBEDDINGS)
        ]
        rows = pa.concat_tables(tables).sort_by([(name, "ascending") for name in MAPPED_EMBEDDINGS.key])
        datasets.write(mapped / direction, MAPPED_EMBEDDINGS, [rows], stage)


def write_models(models: Mapping[str, MapperResult], out: Path) -> None:
    """A folder each; an empty one if there is none."""
    out.mkdir(parents=True, exist_ok=True)
    for name, part in models.items():
        saved_models.write_model(out / name, part.tensors, mapper_columns.config(part))


def write_curves(models: Sequence[MapperResult], curves: Path, stage: str) -> None:
    datasets.write(curves, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, mapper_columns.curves(models))], stage)
