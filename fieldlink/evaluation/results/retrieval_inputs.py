"""The inputs of every evaluation of retrieval, read from datasets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, PHOTOS
from fieldlink.core.variants import Direction
from fieldlink.embeddings.mapped_vectors import MappedVectors
from fieldlink.embeddings.selection import EVALUATED, originals
from fieldlink.evaluation.results.nerf_gallery import NerfGallery
from fieldlink.evaluation.results.queries import Queries


@dataclass(frozen=True)
class QueriesAndGallery:
    """The NeRFs of a split, and the two sets of queries: one view of each of them, and the split's photos."""

    gallery: NerfGallery
    views: Queries
    photos: Queries  # of validation there may be none

    @property
    def domains(self) -> list[Queries]:
        """Sets of at least one query."""
        return [queries for queries in (self.views, self.photos) if queries.ids]


@dataclass(frozen=True)
class RetrievalFiles:
    """The datasets of queries and gallery."""

    objects: Path  # dataset of objects: id, class, split, source, caption
    nerf_embeddings: Path  # dataset of nf2vec embeddings of NeRFs
    gt_embeddings: Path  # dataset of CLIP embeddings of ground-truth views
    photos: Path  # dataset of photos, with their classes
    photo_embeddings: Path  # dataset of CLIP embeddings of photos

    def read(self, params: Params, rendered_embeddings: Path | None = None) -> dict[str, QueriesAndGallery]:
        """By split, the gallery with its queries; CLIP alone is searched in rendered views, where they are given.

        Raises `InputError` if no object of a split, or no test photo, has all its embeddings, or if a rank lies beyond
        the gallery of test objects.
        """
        photo_rows = datasets.read(self.photos, PHOTOS, ["photo_id", "class_name", "split"])
        embeddings = datasets.read(self.photo_embeddings, IMAGE_EMBEDDINGS)
        galleries = {split: self._gallery(split, params, rendered_embeddings) for split in EVALUATED}
        return {split: self._queried(split, galleries[split], params, photo_rows, embeddings) for split in EVALUATED}

    def _gallery(self, split: str, params: Params, rendered: Path | None) -> NerfGallery:
        return read_gallery(self.objects, self.nerf_embeddings, self.gt_embeddings, params, split, rendered)

    def _queried(
        self, split: str, gallery: NerfGallery, params: Params, photo_rows: pa.Table, embeddings: pa.Table
    ) -> QueriesAndGallery:
        classes = list(params.classes)
        of_split = photo_rows.filter(pc.field("split") == split)
        photos = Queries.of_photos(of_split, embeddings, classes, str(self.photos))
        if split == "test" and not photos.ids:
            raise InputError(f"{self.photos}: no test photo has an embedding, expected at least one")
        return QueriesAndGallery(gallery, Queries.of_objects(gallery, params.study.seed), photos)


def read_gallery(
    objects: Path,
    nerf_embeddings: Path,
    gt_embeddings: Path,
    params: Params,
    split: str,
    rendered_embeddings: Path | None = None,
) -> NerfGallery:
    """The originals of a split that have a NeRF vector and views, rendered ones too where these are given.

    Raises `InputError` if there are none, or if a rank lies beyond those of the test split.
    """
    nerfs, views = datasets.read(nerf_embeddings, NERF_EMBEDDINGS), datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    rendered = datasets.read(rendered_embeddings, IMAGE_EMBEDDINGS) if rendered_embeddings else None
    owners = [rows["owner_id"].to_pylist() for rows in (views, rendered) if rows is not None]
    required_ids = [nerfs["object_id"].to_pylist(), *owners]
    rows = originals(datasets.read(objects, OBJECTS), split, required_ids=required_ids, source=str(objects))
    gallery = NerfGallery.of(rows, nerfs, views, list(params.classes), rendered)
    if split == "test":
        gallery.check_ranks(params.retrieval.ranks)
    return gallery


def read_mapped(folder: Path) -> Mapping[str, MappedVectors]:
    """By direction, the mapped vectors below a folder."""
    return {name: MappedVectors(datasets.read(folder / name, MAPPED_EMBEDDINGS)) for name in get_args(Direction)}
