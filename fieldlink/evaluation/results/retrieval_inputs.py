"""The inputs of every evaluation of retrieval, read from datasets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from fieldlink.core import datasets
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, PHOTOS
from fieldlink.core.variants import Direction
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import originals
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.evaluation.results.queries import Queries


@dataclass(frozen=True)
class QueriesAndGallery:
    """The test NeRFs, and the two sets of queries: one view of each of them, and all photos."""

    gallery: NerfGallery
    views: Queries
    photos: Queries

    @property
    def domains(self) -> tuple[Queries, Queries]:
        return self.views, self.photos


def read_queries_and_gallery(
    *,
    objects: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    photos: Path,
    photo_embeddings: Path,
    classes: Sequence[str],
    study_seed: int,
) -> QueriesAndGallery:
    gallery = read_gallery(objects, nerf_embeddings, gt_embeddings, classes)
    photo_rows = datasets.read(photos, PHOTOS, ["photo_id", "class_name"])
    embeddings = datasets.read(photo_embeddings, IMAGE_EMBEDDINGS)
    of_photos = Queries.of_photos(photo_rows, embeddings, classes, str(photos))
    return QueriesAndGallery(gallery, Queries.of_objects(gallery, study_seed), of_photos)


def read_gallery(
    objects: Path, nerf_embeddings: Path, gt_embeddings: Path, classes: Sequence[str], split: str = "test"
) -> NerfGallery:
    """The originals of a split that have a NeRF vector and views."""
    nerfs, views = datasets.read(nerf_embeddings, NERF_EMBEDDINGS), datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    having = nerfs["object_id"].to_pylist(), views["owner_id"].to_pylist()
    rows = originals(datasets.read(objects, OBJECTS), split, *having, where=str(objects))
    return NerfGallery.of(rows, nerfs, views, classes)


def read_mapped(folder: Path) -> Mapping[str, MappedVectors]:
    """By direction, the mapped vectors below a folder."""
    return {name: MappedVectors(datasets.read(folder / name, MAPPED_EMBEDDINGS)) for name in get_args(Direction)}
