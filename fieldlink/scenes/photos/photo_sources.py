"""The study's photos: the registry of their sources, by name in `photos.source`, and the work on each photo."""

from fieldlink.core import registry
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.core.resume import Rows
from fieldlink.scenes import catalogue, splits
from fieldlink.scenes.importers.listing import ListedItem, Listing
from fieldlink.scenes.photos import catalogue_photos, domainnet, photo_folder
from fieldlink.scenes.source_types import PhotoSourceEntry, PhotoTask

PHOTO_SOURCES: dict[str, PhotoSourceEntry] = {
    "catalogue": catalogue_photos.SOURCE,
    "folder": photo_folder.SOURCE,
    "domainnet": domainnet.SOURCE,
}


def photo_source(name: str) -> PhotoSourceEntry:
    """The source of a name in `photos.source`."""
    return registry.member(PHOTO_SOURCES, name, "photos.source", "fieldlink/scenes/photos/photo_sources.py")


def photo_tasks(params: Params) -> tuple[dict[str, PhotoTask], Listing]:
    """Tasks of all photos by id, and what the source can't use."""
    source = photo_source(params.photos.source)
    if source.listing is not None:
        listing = source.listing(params.photos.folder, params.classes)
        tested = set(source.test_files(params.photos.folder)) if source.test_files else set()
        tasks = [_listed_task(params, item, item.path in tested) for item in listing.items]
    else:
        listing = Listing()
        catalogue.check_classes(params.classes)
        tasks = [
            _task(params, photo_id, name, None, split)
            for name in params.classes
            for photo_id, split in catalogue_photos.ids(name, params.photos).items()
        ]
    return {task.photo_id: task for task in tasks}, listing


def photo_rows(tasks: list[PhotoTask]) -> Rows:
    """Rows of dataset `photos`. A picture that doesn't decode or is too large is set aside with its reason."""
    images, rejected = {}, {}
    for task in tasks:
        try:
            images[task.photo_id] = photo_source(task.source).image(task)
        except InputError as error:
            rejected[task.photo_id] = str(error)
    usable = [task for task in tasks if task.photo_id in images]
    columns = {
        "photo_id": [task.photo_id for task in usable],
        "class_name": [task.class_name for task in usable],
        "split": [task.split for task in usable],
        "image": [images[task.photo_id] for task in usable],
        "source": [task.source for task in usable],
    }
    return Rows(columns, rejected)


def _listed_task(params: Params, item: ListedItem, tested: bool) -> PhotoTask:
    """`tested`: a published split has the photo for testing."""
    split = "test" if tested else splits.of_photo(item.object_id, params.study.seed, params.photos.validation_share)
    return _task(params, item.object_id, item.class_name, item, split)


def _task(params: Params, photo_id: str, class_name: str, item: ListedItem | None, split: str) -> PhotoTask:
    photos, noun = params.photos, params.classes[class_name].noun
    return PhotoTask(photo_id, class_name, noun, params.study.seed, photos.resolution, item, photos.source, split)
