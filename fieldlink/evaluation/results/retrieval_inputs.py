"""The inputs of every evaluation of retrieval, read from datasets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from fieldlink.core import datasets
from fieldlink.core.params import Params
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


@dataclass(frozen=True)
class RetrievalFiles:
    """The datasets of queries and gallery."""

    objects: Path  # dataset of objects: id, class, split, source, caption
    nerf_embeddings: Path  # dataset of nf2vec embeddings of NeRFs
    gt_embeddings: Path  # dataset of CLIP embeddings of ground-truth views
    photos: Path  # dataset of photos, with their classes
    photo_embeddings: Path  # dataset of CLIP embeddings of photos

    def read(self, params: Params) -> QueriesAndGallery:
        """The test gallery with its queries. Raises `InputError` if no object or no photo has all its embeddings."""
        classes, gallery = list(params.classes), self.read_gallery(params)
        photo_rows = datasets.read(self.photos, PHOTOS, ["photo_id", "class_name"])
        embeddings = datasets.read(self.photo_embeddings, IMAGE_EMBEDDINGS)
        photos = Queries.of_photos(photo_rows, embeddings, classes, str(self.photos))
        return QueriesAndGallery(gallery, Queries.of_objects(gallery, params.study.seed), photos)

    def read_gallery(self, params: Params, split: str = "test") -> NerfGallery:
        return read_gallery(self.objects, self.nerf_embeddings, self.gt_embeddings, list(params.classes), split)


def read_gallery(
    objects: Path, nerf_embeddings: Path, gt_embeddings: Path, classes: Sequence[str], split: str = "test"
) -> NerfGallery:
    """The originals of a split that have a NeRF vector and views."""
    nerfs, views = datasets.read(nerf_embeddings, NERF_EMBEDDINGS), datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    ids_with_both = nerfs["object_id"].to_pylist(), views["owner_id"].to_pylist()
    rows = originals(datasets.read(objects, OBJECTS), split, *ids_with_both, where=str(objects))
    return NerfGallery.of(rows, nerfs, views, classes)


def read_mapped(folder: Path) -> Mapping[str, MappedVectors]:
    """By direction, the mapped vectors below a folder."""
    return {name: MappedVectors(datasets.read(folder / name, MAPPED_EMBEDDINGS)) for name in get_args(Direction)}
