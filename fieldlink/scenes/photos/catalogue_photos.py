"""The source `catalogue`: photo-like pictures of catalogue objects that are not among the study's objects."""

from collections import Counter

from fieldlink.core.params import Params
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import catalogue, pictures
from fieldlink.scenes.photos import photo_like
from fieldlink.scenes.sources import PhotoSourceEntry, PhotoTask


def photo(task: PhotoTask) -> bytes:
    """PNG of a picture of an object of its own."""
    mesh = catalogue.make(task.class_name, task.noun, seed_of(task.seed, "photo", task.photo_id)).model
    return pictures.encode(photo_like.photo(mesh, seed_of(task.seed, "camera", task.photo_id), task.resolution))


def count(params: Params) -> Counter[str]:
    """Photos of each class."""
    return Counter(dict.fromkeys(params.classes, params.photos.per_class))


SOURCE = PhotoSourceEntry(
    title="photo-like pictures",
    page_text="photo-like pictures of other catalogue objects",
    parameters=("photos.per_class", "photos.resolution"),
    count=count,
    listing=None,
    image=photo,
)
