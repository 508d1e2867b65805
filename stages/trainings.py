"""What every training of mappers reads and writes: objects with their vectors; models, mapped vectors and curves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from stages import datasets
from stages.evaluation.subjects import only, originals, places, views_in, with_copies
from stages.evaluation.views import Views
from stages.mapper import records
from stages.mapper.pairs import Pairs
from stages.mapper.training import Task, Trained, train_many
from stages.runtime import in_workers, scratch_folder
from stages.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, TRAINING_CURVES

# What mappers are given once they are trained: by direction and domain, ids and the vector of each.
Inputs = Mapping[str, Mapping[str, tuple[list[str], Float[np.ndarray, "_ _"]]]]


@dataclass(frozen=True)
class Embedded:
    """Rows of objects, and of the embeddings that mappers learn from and are asked with."""

    objects: pa.Table
    nerfs: pa.Table
    views: pa.Table  # owners and numbers of the ground truth views
    clip: datasets.Mapped  # their embeddings
    photos: pa.Table

    @staticmethod
    def read(objects: Path, nerf_embeddings: Path, gt_embeddings: Path, photo_embeddings: Path) -> "Embedded":
        return Embedded(
            datasets.read(objects, OBJECTS),
            datasets.read(nerf_embeddings, NERF_EMBEDDINGS),
            datasets.read(gt_embeddings, IMAGE_EMBEDDINGS, ["owner_id", "view"]),
            datasets.mapped(gt_embeddings, IMAGE_EMBEDDINGS, "embedding", scratch_folder("arrays")),
            datasets.read(photo_embeddings, IMAGE_EMBEDDINGS),
        )

    def ids(self, split: str, *having: Iterable[str], copies: bool = False) -> list[str]:
        """Originals of a split, or its copies too, that have a NeRF vector and views and are in each of `having`."""
        choose = with_copies if copies else originals
        embedded = self.nerfs["object_id"].to_pylist(), self.views["owner_id"].to_pylist()
        return choose(self.objects, split, *embedded, *having)["object_id"].to_pylist()

    def vectors(self, ids: Sequence[str]) -> Float[np.ndarray, "object nerf"]:
        return datasets.matrix(only(self.nerfs, "object_id", ids)["embedding"])

    def pairs(self, ids: Sequence[str]) -> Pairs:
        """Each object's NeRF vector beside all of its views."""
        return Pairs(self.vectors(ids), self.clip, *places(self.views, ids))

    def views_of(self, ids: Sequence[str]) -> Views:
        return views_in(self.views, self.clip.open()[0], ids)

    def test(self, study_seed: int) -> Inputs:
        """clip2nerf maps the queries (one view of each test object, all photos), nerf2clip the gallery."""
        ids = self.ids("test")
        queries = self.views_of(ids).queries(study_seed)
        shots = self.photos["owner_id"].to_pylist(), datasets.matrix(self.photos["embedding"])
        return {"clip2nerf": {"gt": (ids, queries), "photo": shots}, "nerf2clip": {"nerf": (ids, self.vectors(ids))}}


def trained(tasks: Sequence[Task], workers: int) -> list[Trained]:
    """What comes of each task, in worker processes."""
    return list(in_workers(train_many, tasks, workers, ["stages.mapper.training"]))


def write(models: Mapping[str, Trained], inputs: Inputs, out: Path, mapped: Path, stage: str) -> None:
    """By name, a model below `out`; by direction, mapped vectors below `mapped`."""
    write_models(models, out)
    for direction, domains in inputs.items():
        parts = [records.mapped(part, domains) for part in models.values() if part.direction == direction]
        rows = pa.concat_tables(datasets.table(MAPPED_EMBEDDINGS, part) for part in parts)
        rows = rows.sort_by([(name, "ascending") for name in MAPPED_EMBEDDINGS.key])
        datasets.write(mapped / direction, MAPPED_EMBEDDINGS, [rows], stage)


def write_models(models: Mapping[str, Trained], out: Path) -> None:
    """A folder each; an empty one if there is none."""
    out.mkdir(parents=True, exist_ok=True)
    for name, part in models.items():
        datasets.write_model(out / name, part.tensors, records.config(part))


def write_curves(models: Sequence[Trained], curves: Path, stage: str) -> None:
    datasets.write(curves, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, records.curves(models))], stage)
