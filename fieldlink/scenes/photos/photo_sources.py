"""The photos of the study: photo-like pictures of the catalogue's other objects, or real ones from a folder."""

from dataclasses import dataclass

from fieldlink.core.digests import digest_of
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.core.resume import Rows
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import catalogue, pictures
from fieldlink.scenes.importers.listing import ListedItem, Listing, check_in_catalogue
from fieldlink.scenes.photos import domainnet, photo_folder, photo_like

LISTINGS = {"folder": photo_folder.listing, "domainnet": domainnet.listing}


@dataclass(frozen=True)
class PhotoTask:
    """All that decides one photo. `found`: None for a picture of the catalogue."""

    photo_id: str
    class_name: str
    noun: str
    seed: int  # the study's
    resolution: int
    found: ListedItem | None
    source: str

    def key(self, code: str) -> str:
        drawn = [self.seed, self.resolution]
        return digest_of(code, self.photo_id, self.class_name, *([self.found.content] if self.found else drawn))


def offered(params: Params) -> tuple[dict[str, PhotoTask], Listing]:
    """The photos, by id, and what the folder holds that can't be used."""
    if params.photos.source in LISTINGS:
        listing = LISTINGS[params.photos.source](params.photos.folder, params.classes)
        tasks = [_task(params, found.object_id, found.class_name, found) for found in listing.found]
    else:
        listing = Listing()
        check_in_catalogue(params.classes)
        numbers = range(params.photos.per_class)
        tasks = [
            _task(params, f"photo_{name}_{number:04d}", name, None) for name in params.classes for number in numbers
        ]
    return {task.photo_id: task for task in tasks}, listing


def work(tasks: list[PhotoTask]) -> Rows:
    """Rows of dataset `photos`; a picture that doesn't decode or is huge is set aside with its reason."""
    images, rejected = {}, {}
    for task in tasks:
        try:
            images[task.photo_id] = _image(task)
        except InputError as error:
            rejected[task.photo_id] = str(error)
    kept = [task for task in tasks if task.photo_id in images]
    columns = {
        "photo_id": [task.photo_id for task in kept],
        "class_name": [task.class_name for task in kept],
        "image": [images[task.photo_id] for task in kept],
        "source": [task.source for task in kept],
    }
    return Rows(columns, rejected)


def _image(task: PhotoTask) -> bytes:
    if task.found:
        data = task.found.path.read_bytes()
        try:
            pictures.decode(data, "RGB")
        except InputError as error:
            raise InputError(f"{task.found.path}: {error}") from error
        return data
    model = catalogue.make(task.class_name, task.noun, seed_of(task.seed, "photo", task.photo_id)).model
    return pictures.encode(photo_like.photo(model, seed_of(task.seed, "camera", task.photo_id), task.resolution))


def _task(params: Params, photo_id: str, class_name: str, found: ListedItem | None) -> PhotoTask:
    noun = params.classes[class_name].noun
    return PhotoTask(
        photo_id, class_name, noun, params.study.seed, params.photos.resolution, found, params.photos.source
    )
