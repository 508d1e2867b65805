"""Real photographs of DomainNet's domain "real", train and test lists together (protocol 1.2).

    <folder>/<class>/real_NNN_NNNNNN.jpg     <folder> is the domain's own: …/real; class folders as in FOLDERS

Folders of other classes are ignored. Every picture is a query, as published: duplicates are not dropped.
"""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from fieldlink.core.errors import InputError
from fieldlink.core.params import ObjectClass, Params
from fieldlink.scenes.importers.folder_files import count_files, listed_files
from fieldlink.scenes.importers.foreign_texts import read_text
from fieldlink.scenes.importers.listing import Listing
from fieldlink.scenes.photos.photo_folder import details, is_photo, read
from fieldlink.scenes.source_types import PhotoSourceEntry

LONGEST_SHOWN = 100  # characters of a line
FOLDERS = {  # of each ShapeNet synset
    "02691156": "airplane",
    "02828884": "bench",
    "02933112": "dresser",
    "02958343": "car",
    "03001627": "chair",
    "03211117": "television",
    "03636649": "floor_lamp",
    "03691459": "stereo",
    "04090263": "rifle",
    "04256520": "couch",
    "04379243": "table",
    "04401088": "cell_phone",
    "04530566": "speedboat",
}


def listing(folder: Path, classes: Mapping[str, ObjectClass]) -> Listing:
    """Every picture of the study's classes, as `<class>.<file stem>`."""
    class_of = {_class_folder(folder, name, object_class.synset): name for name, object_class in classes.items()}
    return listed_files(folder, class_of, is_photo, details)


def _class_folder(folder: Path, name: str, synset: str) -> Path:
    if synset not in FOLDERS:
        raise InputError(f"classes.{name}: no folder of DomainNet for synset {synset}; known: {', '.join(FOLDERS)}")
    class_folder = folder / FOLDERS[synset]
    if not count_files(class_folder, is_photo):
        raise InputError(f"{class_folder}: no pictures; class {name} expects DomainNet's real images there")
    return class_folder


def test_files(folder: Path) -> set[Path]:
    """The pictures of DomainNet's own test list, where it lies beside the domain's folder: no others validate.

    Its lines are `real/airplane/real_002_000001.jpg 0`. Raises `InputError` for other lines, and for a list of which no
    picture is there.
    """
    path = folder.parent / f"{folder.name}_test.txt"
    if not path.exists():
        return set()
    expected = f"lines as {folder.name}/<class>/<picture> 0"
    lines = read_text(path, expected).splitlines()
    files = {
        _listed_file(folder, line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()
    }
    if not any(file.is_file() for file in files):
        raise InputError(f"{path}: none of its {len(files)} pictures is in {folder}, expected {expected}")
    return files


def _listed_file(folder: Path, line: str, where: str) -> Path:
    path = re.sub(r"\s+\d+\s*$", "", line).strip().replace("\\", "/")
    parts = PurePosixPath(path).parts
    if len(parts) != 3 or parts[0] != folder.name:
        raise InputError(f"{where}: '{line[:LONGEST_SHOWN]}', expected {folder.name}/<class>/<picture> 0")
    return folder.joinpath(*parts[1:])


def count(params: Params) -> Counter[str]:
    """Picture files of each class."""
    folder = params.photos.folder
    return Counter(
        {
            name: count_files(folder / FOLDERS.get(object_class.synset, name), is_photo)
            for name, object_class in params.classes.items()
        }
    )


SOURCE = PhotoSourceEntry(
    title="DomainNet, domain real",
    page_text="photos in the DomainNet layout",
    parameters=("photos.folder", "photos.validation_share"),
    count=count,
    listing=listing,
    image=read,
    test_files=test_files,
)
