"""The listing of a source: its objects with safe ids, those that can't be used, and duplicates."""

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.params import ObjectClass
from fieldlink.core.resume import FinishedItems, check_rejected_share

SAFE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")
UNLABELLED, NO_SYNSET = "unlabelled", "00000000"  # of a scene that belongs to no class


@dataclass(frozen=True)
class ListedItem:
    """One object or picture of a source: its place, and digests of its contents."""

    object_id: str
    class_name: str
    path: Path
    content: str  # digest of the object's own files; objects of equal content are duplicates
    companions: str = ""  # digest of the other files that its views depend on, such as textures
    up: str = "y"  # the axis that points up in a mesh file
    copies: tuple[int, ...] | None = None  # numbers of the augmented copies in the source; None: they are made here


@dataclass
class Listing:
    """The objects of a source. `rejected` counts towards the share that fails a stage, `duplicates` doesn't."""

    items: list[ListedItem] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)  # id: reason
    duplicates: dict[str, str] = field(default_factory=dict)  # id: reason
    other_classes: int = 0  # objects of classes that params.yaml doesn't name

    @property
    def total(self) -> int:
        """Number of all objects in the source."""
        return len(self.items) + len(self.rejected) + len(self.duplicates) + self.other_classes

    def without_duplicates(self) -> "Listing":
        """Keep the first by id of objects with equal contents; none if they lie in several classes (protocol 1)."""
        by_content: dict[str, list[ListedItem]] = {}
        for item in sorted(self.items, key=lambda item: item.object_id):
            by_content.setdefault(item.content, []).append(item)
        items, duplicates = [], dict(self.duplicates)
        for twins in by_content.values():
            classes = sorted({twin.class_name for twin in twins})
            if len(classes) > 1:
                duplicates |= {twin.object_id: f"the same contents in classes {', '.join(classes)}" for twin in twins}
            else:
                items.append(twins[0])
                reason = f"the same contents as {twins[0].object_id} ({twins[0].path})"
                duplicates |= {twin.object_id: reason for twin in twins[1:]}
        return replace(self, items=items, duplicates=duplicates)


def class_folders(folder: Path, classes: Collection[str]) -> list[Path]:
    """The class subfolders of an image or mesh folder; one that names no class is an error."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder, expected one subfolder per class")
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    for path in folders:
        if path.name not in classes:
            raise InputError(f"{path}: no class of params.yaml, expected one of {', '.join(classes)}")
    if not folders:
        raise InputError(f"{folder}: no subfolders, expected one per class: {', '.join(classes)}")
    return folders


def safe(name: str) -> str:
    """The name with `_` for every character that an id can't have."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


def collected(items: Iterable[ListedItem]) -> Listing:
    """The listing of a source's items: an unsafe id is rejected, an id that comes twice is an `InputError`."""
    listing, places = Listing(), {}
    for item in items:
        if item.object_id in places:
            raise InputError(f"{item.path} and {places[item.object_id]}: both would be '{item.object_id}'; rename one")
        places[item.object_id] = item.path
        if SAFE.match(item.object_id):
            listing.items.append(item)
        else:
            expected = "expected 1 to 128 letters, digits, . _ -, the first a letter or digit"
            listing.rejected[safe(item.object_id)[:128]] = f"{item.path}: '{item.object_id}' can't be an id, {expected}"
    return listing


def files_digest(paths: Iterable[Path]) -> str:
    """sha256 of the names and bytes of files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def set_aside(stage: str, finished: FinishedItems, listing: Listing, most_rejected: float) -> None:
    """Add what a source can't use to the rejected items of a stage, and print how many there are.

    Raises `InputError` if more than the share `most_rejected` of the items can't be used; duplicates don't count.
    """
    finished.rejected |= listing.rejected
    check_rejected_share(stage, finished, most_rejected)
    finished.rejected |= listing.duplicates
    if listing.duplicates:
        print(f"{stage}: {len(listing.duplicates)} duplicates dropped", file=sys.stderr)
    if listing.other_classes:
        print(f"{stage}: {listing.other_classes} of {listing.total} left out, of no class", file=sys.stderr)


def files_by_class(folder: Path, classes: Collection[str], suffixes: Collection[str]) -> Counter[str]:
    """Number of files with these suffixes below each class subfolder."""
    return Counter({path.name: count_files(path, suffixes) for path in class_folders(folder, classes)})


def folders_by_synset(folder: Path, pattern: str, part: int, classes: Mapping[str, ObjectClass]) -> Counter[str]:
    """Number of each class's paths that match the pattern; `part`: the place of the synset among a path's parts."""
    counts = Counter(path.parts[part] for path in folder.glob(pattern))
    return Counter({name: counts[object_class.synset] for name, object_class in classes.items()})


def count_files(folder: Path, suffixes: Collection[str]) -> int:
    """Number of files with these suffixes below a folder; 0 if there is no such folder."""
    return sum(path.suffix.lower() in suffixes for path in folder.rglob("*")) if folder.is_dir() else 0
