"""The source `catalogue`: photo-like pictures of catalogue objects that are not among the study's objects."""

from collections import Counter

from fieldlink.core.params import Params, PhotosParams
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import catalogue, pictures
from fieldlink.scenes.photos import photo_like
from fieldlink.scenes.source_types import PhotoSourceEntry, PhotoTask


def photo(task: PhotoTask) -> bytes:
    """PNG of a picture of an object of its own."""
    mesh = catalogue.make(task.class_name, task.noun, seed_of(task.seed, "photo", task.photo_id)).model
    return pictures.encode(photo_like.photo(mesh, seed_of(task.seed, "camera", task.photo_id), task.resolution))


def ids(class_name: str, photos: PhotosParams) -> dict[str, str]:
    """The split of each photo of a class, by id; each photo shows an object of its own."""
    tested = {f"photo_{class_name}_{number:04d}": "test" for number in range(photos.per_class)}
    numbers = range(photos.validation_per_class)
    return tested | {f"photo_validation_{class_name}_{number:04d}": "validation" for number in numbers}


def count(params: Params) -> Counter[str]:
    """Photos of each class."""
    return Counter({name: len(ids(name, params.photos)) for name in params.classes})


SOURCE = PhotoSourceEntry(
    title="photo-like pictures",
    page_text="photo-like pictures of other catalogue objects",
    parameters=("photos.per_class", "photos.validation_per_class", "photos.resolution"),
    count=count,
    listing=None,
    image=photo,
    test_files=None,
)
