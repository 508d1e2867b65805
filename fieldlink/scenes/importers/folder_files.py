"""The files of a user's folders: those with certain suffixes, and how many there are of others.

What operating systems leave behind is skipped: hidden files, `__MACOSX`, `Thumbs.db`, `@eaDir`.
"""

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.item_ids import unique_ids
from fieldlink.scenes.importers.listing import UNLABELLED, ListedItem, Listing, counts_text

LEFT_BEHIND = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "$recycle.bin", "lost+found"}

Accept = Callable[[Path], bool]


@dataclass
class FolderFiles:
    """Files of a folder, in order, and the number of other files by suffix."""

    paths: list[Path] = field(default_factory=list)
    others: Counter[str] = field(default_factory=Counter)


def files_below(folder: Path, accept: Accept, beside: Collection[str] = ()) -> FolderFiles:
    """The files below a folder that are accepted; others are counted, apart from those with a suffix of `beside`.

    Links to folders are not followed, but counted. Raises `InputError` for a folder that can't be listed.
    """
    files = FolderFiles()
    for parent, folders, names in os.walk(folder, onerror=_unlisted):
        folders[:] = sorted(name for name in folders if not is_left_behind(name))
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]  # noqa: PTH114, PTH118
        files.others["links to folders"] += len(links)
        for path in (Path(parent, name) for name in sorted(names) if not is_left_behind(name)):
            if accept(path):
                files.paths.append(path)
            elif path.suffix.lower() not in beside:
                files.others[path.suffix.lower() or "no suffix"] += 1
    files.paths.sort()
    files.others += Counter()  # without zeros
    return files


def is_left_behind(name: str) -> bool:
    """Whether a file or folder is hidden, or an operating system's own."""
    return name.startswith(".") or name.lower() in LEFT_BEHIND


def subfolders(folder: Path) -> list[Path]:
    """The subfolders of a folder, in order. Raises `InputError` if it can't be listed."""
    try:
        return sorted(path for path in folder.iterdir() if path.is_dir() and not is_left_behind(path.name))
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror}") from error


def class_folders(folder: Path, classes: Collection[str], accept: Accept) -> list[Path]:
    """The class subfolders of an image or mesh folder.

    Raises `InputError` for one that names no class and has an accepted file, and if there is none. Others, such as one
    of textures, are passed over.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder, expected one subfolder per class")
    folders = subfolders(folder)
    of_classes = [path for path in folders if path.name in classes]
    others = [path for path in folders if path.name not in classes]
    for path in others:
        if count_files(path, accept):
            raise InputError(f"{path}: no class of params.yaml, expected one of {', '.join(classes)}")
    if not of_classes:
        files = files_below(folder, lambda path: False).others
        there = f"no usable file below {', '.join(path.name for path in others)}" if others else "no subfolders"
        there += f" ({files.total()} files: {counts_text(files)})" if files else ""
        raise InputError(f"{folder}: {there}, expected one with the files of each class: {', '.join(classes)}")
    return of_classes


def passed_over(folder: Path, folders: Collection[Path], beside: Collection[str] = ()) -> Counter[str]:
    """Number of files in each subfolder that isn't one of `folders`, and beside them, for `Listing.other_files`.

    `beside`: suffixes of files that may lie beside the class folders, which aren't counted.
    """
    others = [path for path in subfolders(folder) if path not in folders]
    counts = Counter({f"in {path.name}/": count_files(path, lambda file: True) for path in others})
    loose = (path for path in folder.iterdir() if os.path.isfile(path) and not is_left_behind(path.name))  # noqa: PTH113
    counts["beside the class folders"] += sum(path.suffix.lower() not in beside for path in loose)
    return +counts


def listed_files(
    folder: Path,
    class_of: Mapping[Path, str],
    accept: Accept,
    details: Callable[[Path], Mapping[str, Any]],
    beside: Collection[str] = (),
) -> Listing:
    """The listing of all accepted files below the class folders in `class_of`, as `<class>.<file stem>`.

    Files of class `UNLABELLED` are listed as `<file stem>`.

    `details`: the fields of `ListedItem` that need a file to be read; its `InputError` sets the file aside. Raises
    `InputError` if no file is accepted.
    """
    files = {name: files_below(class_folder, accept, beside) for class_folder, name in class_of.items()}
    others = sum((of_class.others for of_class in files.values()), Counter())
    class_names = {path: name for name, of_class in files.items() for path in of_class.paths}
    if not class_names:
        below = "" if UNLABELLED in files else f" below {', '.join(files)}"
        raise InputError(f"{folder}: no usable file{below}{_there_are(others)}")
    listing = Listing(other_files=others)
    ids = unique_ids({path: _name(path, name) for path, name in class_names.items()}, folder)
    for path, name in class_names.items():
        try:
            listing.items.append(ListedItem(ids[path], name, path, **details(path)))
        except InputError as error:
            listing.rejected[ids[path]] = str(error)
    return listing


def _name(path: Path, class_name: str) -> str:
    return path.stem if class_name == UNLABELLED else f"{class_name}.{path.stem}"


def files_by_class(folder: Path, classes: Collection[str], accept: Accept) -> Counter[str]:
    """Number of accepted files below each class subfolder."""
    return Counter({path.name: count_files(path, accept) for path in class_folders(folder, classes, accept)})


def count_files(folder: Path, accept: Accept) -> int:
    """Number of accepted files below a folder; 0 if there is no such folder."""
    return len(files_below(folder, accept).paths) if folder.is_dir() else 0


def has_suffix(suffixes: Collection[str]) -> Accept:
    """Accepts files with one of the suffixes, in lower or upper case."""
    return lambda path: path.suffix.lower() in suffixes


def _unlisted(error: OSError) -> None:
    raise InputError(f"{error.filename}: {error.strerror}") from error


def _there_are(others: Counter[str]) -> str:
    return f"; there are {counts_text(others)}" if others else ""
