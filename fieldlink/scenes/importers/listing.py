"""What a source offers, before anything is rendered: objects with safe ids, what is set aside, what came twice."""

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.scenes.catalogue import GENERATORS

SAFE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")
UNLABELLED, NO_SYNSET = "unlabelled", "00000000"  # class of a scene that belongs to none


@dataclass(frozen=True)
class ListedItem:
    """One object of a source: where it lies, and a digest of the bytes that make it another object than others."""

    object_id: str
    class_name: str
    path: Path
    content: str
    beside: str = ""  # digest of what else its looks depend on
    up: str = "y"  # the axis that points up in a mesh file
    copies: tuple[int, ...] | None = None  # numbers of the augmented copies that came with it; none: they can be made


@dataclass
class Listing:
    """Objects, and the ids that can't be used with their reasons; `duplicates` is no fault, only said.

    `elsewhere`: how many more there are in classes that params.yaml doesn't name.
    """

    found: list[ListedItem] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)
    duplicates: dict[str, str] = field(default_factory=dict)
    elsewhere: int = 0

    @property
    def total(self) -> int:
        """All that the source has, of use or not."""
        return len(self.found) + len(self.rejected) + len(self.duplicates) + self.elsewhere

    def without_duplicates(self) -> "Listing":
        """Of objects with equal contents only the first by id; none where they lie in several classes (protocol 1)."""
        twins: dict[str, list[ListedItem]] = {}
        for found in sorted(self.found, key=lambda each: each.object_id):
            twins.setdefault(found.content, []).append(found)
        kept, dropped = [], dict(self.duplicates)
        for same in twins.values():
            classes = sorted({found.class_name for found in same})
            if len(classes) > 1:
                dropped |= {found.object_id: f"the same contents in classes {', '.join(classes)}" for found in same}
            else:
                kept.append(same[0])
                reason = f"the same contents as {same[0].object_id} ({same[0].path})"
                dropped |= {found.object_id: reason for found in same[1:]}
        return replace(self, found=kept, duplicates=dropped)


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


def check_in_catalogue(classes: Iterable[str]) -> None:
    """Raise `InputError` for a class that the catalogue has no generator of."""
    for name in classes:
        if name not in GENERATORS:
            raise InputError(f"params.yaml: classes.{name}: not in the catalogue, which has {', '.join(GENERATORS)}")


def safe(name: str) -> str:
    """The name with `_` for every character that an id can't have."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


def collected(offers: Iterable[ListedItem]) -> Listing:
    """What is offered, sorted out: an unsafe id is set aside, one that comes twice is an error."""
    listing, places = Listing(), {}
    for found in offers:
        if found.object_id in places:
            raise InputError(
                f"{found.path} and {places[found.object_id]}: both would be '{found.object_id}'; rename one"
            )
        places[found.object_id] = found.path
        if SAFE.match(found.object_id):
            listing.found.append(found)
        else:
            expected = "expected 1 to 128 letters, digits, . _ -, the first a letter or digit"
            listing.rejected[safe(found.object_id)[:128]] = (
                f"{found.path}: '{found.object_id}' can't be an id, {expected}"
            )
    return listing


def digest_of(paths: Iterable[Path]) -> str:
    """sha256 of the names and bytes of files."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
