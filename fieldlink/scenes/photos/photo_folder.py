"""A folder of photographs, one subfolder per class.

A photo is stored with its bytes unchanged if they are an upright opaque picture of at most 4096² pixels. Others (turned
by EXIF, with alpha, of 16 bits, large, HEIC) are stored as PNG of what they show, on middle grey where they are clear.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from fieldlink.core.digests import bytes_digest
from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.core.params import Params
from fieldlink.scenes import picture_formats, pictures
from fieldlink.scenes.importers.folder_files import class_folders, files_by_class, listed_files, passed_over
from fieldlink.scenes.importers.listing import Listing
from fieldlink.scenes.source_types import PhotoSourceEntry, PhotoTask


def listing(folder: Path, classes: Collection[str]) -> Listing:
    """Every picture file below a class subfolder, as `<class>.<file stem>`; files with equal bytes count once."""
    class_of = {path: path.name for path in class_folders(folder, classes, is_photo)}
    listed = listed_files(folder, class_of, is_photo, details).without_duplicates()
    listed.other_files |= passed_over(folder, class_of)
    return listed


def is_photo(path: Path) -> bool:
    """Whether a file is taken for a photo: by its suffix, or by its content if it has none."""
    if path.suffix:
        return path.suffix.lower() in picture_formats.SUFFIXES
    try:
        picture_formats.opened(read_foreign(path))
    except (InputError, OSError):
        return False
    return True


def details(path: Path) -> Mapping[str, str]:
    """Digests of a photo for its `ListedItem`; a decoder that is missing is one of the photo's companions."""
    data = read_foreign(path)
    return {"content": bytes_digest(data), "companions": picture_formats.missing_decoder(data)}


def read(task: PhotoTask) -> bytes:
    """The photo as it is stored. Raises `InputError` naming its file if it doesn't decode."""
    assert task.item is not None, f"{task.photo_id} was not listed"
    data = read_foreign(task.item.path)
    try:
        return data if pictures.is_plain(data) else pictures.encode(pictures.on_grey(pictures.decode(data)))
    except InputError as error:
        raise InputError(f"{task.item.path}: {error}") from error


def count(params: Params) -> Counter[str]:
    """Picture files of each class."""
    return files_by_class(params.photos.folder, params.classes, is_photo)


SOURCE = PhotoSourceEntry(
    title="photos",
    page_text="photos from a folder",
    parameters=("photos.folder", "photos.validation_share"),
    count=count,
    listing=listing,
    image=read,
    test_files=None,
)
