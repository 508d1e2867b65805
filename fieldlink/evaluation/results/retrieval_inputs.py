"""What every evaluation of retrieval reads: the NeRFs to be searched, and the queries."""

from collections.abc import Sequence
from pathlib import Path

from fieldlink.core import datasets
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS, PHOTOS
from fieldlink.embeddings.selection import originals
from fieldlink.evaluation.results.searches import NerfGallery, Queries


def searched(
    objects: Path, nerf_embeddings: Path, gt_embeddings: Path, classes: Sequence[str], split: str = "test"
) -> NerfGallery:
    """The originals of a split that have a NeRF vector and views."""
    nerfs, views = datasets.read(nerf_embeddings, NERF_EMBEDDINGS), datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    having = nerfs["object_id"].to_pylist(), views["owner_id"].to_pylist()
    rows = originals(datasets.read(objects, OBJECTS), split, *having, where=str(objects))
    return NerfGallery.of(rows, nerfs, views, classes)


def queries(
    found: NerfGallery, photos: Path, photo_embeddings: Path, classes: Sequence[str], study_seed: int
) -> tuple[Queries, Queries]:
    """One view of each object searched, and all photos."""
    shots = datasets.read(photos, PHOTOS, ["photo_id", "class_name"])
    of_photos = Queries.of_photos(shots, datasets.read(photo_embeddings, IMAGE_EMBEDDINGS), classes, str(photos))
    return Queries.of_objects(found, study_seed), of_photos
