"""The listing of a source: its objects with safe ids, those that can't be used, and duplicates."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from fieldlink.core.digests import bytes_digest
from fieldlink.core.errors import InputError, printable, valid_text
from fieldlink.core.files import read_foreign
from fieldlink.core.params import ObjectClass
from fieldlink.core.resume import FinishedItems, check_rejected_share
from fieldlink.scenes import picture_formats
from fieldlink.scenes.importers.item_ids import ID_WORDS, is_id, safe_id

UNLABELLED, NO_SYNSET = "unlabelled", "00000000"  # of a scene that belongs to no class
MOST_NOTES = 20  # printed
SHOWN = 5  # suffixes of other files in a message


@dataclass(frozen=True)
class ListedItem:
    """One object or picture of a source: its place, and digests of its contents."""

    object_id: str
    class_name: str
    path: Path
    content: str  # digest of the object's own files; objects of equal content are duplicates
    companions: str = ""  # digest of the other files that its views depend on, such as textures
    up: str = ""  # the axis that points up in a mesh file, y or z; empty: as the file says
    copies: tuple[int, ...] | None = None  # numbers of the augmented copies in the source; None: they are made here


@dataclass
class Listing:
    """The objects of a source. `rejected` counts towards the share that fails a stage, `duplicates` doesn't."""

    items: list[ListedItem] = field(default_factory=list)
    rejected: dict[str, str] = field(default_factory=dict)  # id: reason
    duplicates: dict[str, str] = field(default_factory=dict)  # id: reason
    other_classes: int = 0  # objects of classes that params.yaml doesn't name
    other_files: Counter[str] = field(default_factory=Counter)  # files that aren't read, by suffix or folder

    @property
    def total(self) -> int:
        """Number of all objects in the source."""
        return len(self.items) + len(self.rejected) + len(self.duplicates) + self.other_classes

    def without(self, unreadable: Mapping[str, str]) -> "Listing":
        """The listing with the items whose ids are in `unreadable` among the rejected, with these reasons."""
        items = [item for item in self.items if item.object_id not in unreadable]
        reasons = {item.object_id: unreadable[item.object_id] for item in self.items if item.object_id in unreadable}
        return replace(self, items=items, rejected=self.rejected | reasons)

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
                reason = valid_text(f"the same contents as {twins[0].object_id} ({twins[0].path})")
                duplicates |= {twin.object_id: reason for twin in twins[1:]}
        return replace(self, items=items, duplicates=duplicates)


def collected(items: Iterable[ListedItem]) -> Listing:
    """The listing of items whose ids are given, such as model ids of ShapeNet. What can't be an id is rejected."""
    listing = Listing()
    for item in items:
        if is_id(item.object_id):
            listing.items.append(item)
        else:
            listing.rejected[safe_id(item.object_id)] = valid_text(
                f"{item.path}: '{item.object_id}' can't be an id, expected {ID_WORDS}"
            )
    return listing


def files_digest(paths: Iterable[Path]) -> str:
    """sha256 of the names and bytes of files. Raises `InputError` naming one that can't be read.

    A picture counts as another while the decoder that it needs is missing, so that it is tried again with it.
    """
    return bytes_digest(*(os.fsencode(path.name) + _content(path) for path in paths))


def companions_digest(paths: Iterable[Path]) -> str:
    """As `files_digest`, where a file that can't be read counts by the reason: an object need not name it."""
    return bytes_digest(*(os.fsencode(path.name) + _content_or_reason(path) for path in paths))


def _content(path: Path) -> bytes:
    data = read_foreign(path)
    return bytes.fromhex(bytes_digest(data)) + picture_formats.missing_decoder(data).encode()


def _content_or_reason(path: Path) -> bytes:
    try:
        return _content(path)
    except InputError as error:
        return str(error).removeprefix(valid_text(f"{path}: ")).encode()


def set_aside(stage: str, finished: FinishedItems, listing: Listing, folder: Path, most_rejected: float) -> None:
    """Add what a source can't use to the rejected items of a stage, and print how many there are.

    Raises `InputError` if more than the share `most_rejected` of the items can't be used; duplicates don't count.
    """
    finished.rejected |= listing.rejected
    check_rejected_share(stage, finished, most_rejected)
    finished.rejected |= listing.duplicates
    finished.rejected = relative_reasons(finished.rejected, folder)
    print_notes(stage, finished.notes)
    if listing.duplicates:
        print(f"{stage}: {len(listing.duplicates)} duplicates dropped", file=sys.stderr)
    if listing.other_classes:
        print(f"{stage}: {listing.other_classes} of {listing.total} left out, of no class", file=sys.stderr)
    print_other_files(stage, listing.other_files)


def print_notes(command: str, notes: Mapping[str, str]) -> None:
    """Print what objects are drawn without, by id, each line after the name of a stage or command."""
    for item, note in sorted(notes.items())[:MOST_NOTES]:
        print(f"{command}: {printable(item)}: {printable(note)}", file=sys.stderr)
    if len(notes) > MOST_NOTES:
        print(f"{command}: notes on {len(notes)} objects, the first {MOST_NOTES} shown", file=sys.stderr)


def print_other_files(command: str, files: Mapping[str, int]) -> None:
    """Print how many files of a source aren't read, by suffix; nothing if there are none."""
    if files:
        print(f"{command}: files of other kinds left out: {printable(counts_text(files))}", file=sys.stderr)


def relative_reasons(reasons: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The reasons with files named relative to the source's folder: data doesn't depend on where that lies."""
    return {name: reason.replace(valid_text(f"{folder}/"), "") for name, reason in reasons.items()}


def counts_text(files: Mapping[str, int]) -> str:
    """Numbers of files by suffix or folder in words: `12 .fbx, 3 in textures/`."""
    words = [f"{count} {suffix}" for suffix, count in sorted(files.items(), key=lambda pair: (-pair[1], pair[0]))]
    return ", ".join([*words[:SHOWN], *(["…"] if len(words) > SHOWN else [])])


def folders_by_synset(folder: Path, pattern: str, part: int, classes: Mapping[str, ObjectClass]) -> Counter[str]:
    """Number of each class's paths that match the pattern; `part`: the place of the synset among a path's parts."""
    counts = Counter(path.parts[part] for path in folder.glob(pattern))
    return Counter({name: counts[object_class.synset] for name, object_class in classes.items()})
