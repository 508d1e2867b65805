"""A folder of photographs, one subfolder per class. Pictures are stored with their bytes unchanged."""

import hashlib
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.scenes import pictures
from fieldlink.scenes.importers.listing import ListedItem, Listing, class_folders, collected, files_by_class, safe
from fieldlink.scenes.sources import PhotoSourceEntry, PhotoTask

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}


def listing(folder: Path, classes: Collection[str]) -> Listing:
    """Every picture file below a class subfolder, as `<class>.<file stem>`; files with equal bytes count once."""
    items = []
    for class_folder in class_folders(folder, classes):
        for path in sorted(class_folder.rglob("*")):
            if path.is_file() and path.suffix.lower() in SUFFIXES:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                items.append(ListedItem(f"{class_folder.name}.{safe(path.stem)}", class_folder.name, path, content))
    return collected(items).without_duplicates()


def read(task: PhotoTask) -> bytes:
    """The picture's file. Raises `InputError` naming it if it doesn't decode or is too large."""
    assert task.item is not None, f"{task.photo_id} was not listed"
    data = task.item.path.read_bytes()
    try:
        pictures.decode(data, "RGB")
    except InputError as error:
        raise InputError(f"{task.item.path}: {error}") from error
    return data


def count(params: Params) -> Counter[str]:
    """Picture files of each class."""
    return files_by_class(params.photos.folder, params.classes, SUFFIXES)


SOURCE = PhotoSourceEntry(
    title="photos",
    page_text="photos from a folder",
    parameters=("photos.folder",),
    count=count,
    listing=listing,
    image=read,
)
