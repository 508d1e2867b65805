"""Published splits: a folder of split files in place of splits drawn by id (protocol 1).

    <folder>/test.json            JSON lists of `…/<synset>/<model id>`; only the last two parts are read
    <folder>/validation.json
    <folder>/disn_filelists/<synset>.lst   optional: all model ids of a class, one a line

Objects in neither list are for training; a `train.json` is not read. The lists of all classes tell which models
ShapeNet has under several synsets; every copy of such an id is dropped, as its class is unknown. (The published test
set of 3,853 objects was made with a list of 488 other phones that is not public; with DISN's own list of 831 there are
36 phones fewer.)
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.foreign_texts import read_text
from fieldlink.scenes.importers.listing import Listing
from fieldlink.scenes.splits import SPLITS

LISTS = "disn_filelists"
FORM = "a JSON list of …/<synset>/<model id>"
SYNSET = re.compile(r"\d{8}")
MANY = 30  # objects: at a fifth held out, one in a thousand folders of so many has none
LONGEST_SHOWN = 100  # characters of an entry


@dataclass(frozen=True)
class PublishedSplit:
    """Published splits by id."""

    folder: Path
    held_out: Mapping[str, str]  # validation or test, by id; other ids are for training
    ambiguous: Mapping[str, tuple[str, ...]]  # synsets of each id that lies in several classes

    def of(self, ids: Iterable[str]) -> dict[str, str]:
        """The split of each id. Raises `InputError` if of many ids none is held out: they are other objects' ids."""
        split_of = {object_id: self.held_out.get(object_id, "train") for object_id in ids}
        if len(split_of) >= MANY and not split_of.keys() & self.held_out.keys():
            names = f"{next(iter(split_of))} and {len(split_of) - 1} others"
            raise InputError(f"{self.folder}: validation.json and test.json name none of the objects, {names}")
        return split_of

    def without_ambiguous(self, listing: Listing) -> Listing:
        """The listing with ambiguous ids moved to its duplicates."""
        dropped = {
            item.object_id: f"in {len(synsets)} classes: {', '.join(synsets)}"
            for item in listing.items
            if (synsets := self.ambiguous.get(item.object_id))
        }
        items = [item for item in listing.items if item.object_id not in dropped]
        return replace(listing, items=items, duplicates=listing.duplicates | dropped)


def read_split_files(folder: Path) -> PublishedSplit:
    """The split files of a folder. Raises `InputError` for a file that is absent or no list, or an id in two splits."""
    entries = {split: _paths(folder / f"{split}.json") for split in SPLITS[1:]}
    synsets_of = defaultdict(set)
    for synset, model in [entry for listed in entries.values() for entry in listed] + _lists(folder / LISTS):
        synsets_of[model].add(synset)
    ambiguous = {model: tuple(sorted(synsets)) for model, synsets in synsets_of.items() if len(synsets) > 1}
    held_out: dict[str, str] = {}
    for split, listed in entries.items():
        for _, model in listed:
            if model not in ambiguous and held_out.setdefault(model, split) != split:
                raise InputError(f"{folder}: {model} is in {held_out[model]}.json and {split}.json, expected one split")
    return PublishedSplit(folder, held_out, ambiguous)


def _paths(file: Path) -> list[tuple[str, str]]:
    """(synset, model id) of each entry."""
    text = read_text(file, FORM)
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: expected {FORM} ({error})") from error
    if not isinstance(entries, list) or not entries:
        raise InputError(f"{file}: {'an empty list' if entries == [] else 'no list'}, expected {FORM}")
    paths = [PurePosixPath(str(entry).strip().replace("\\", "/")).parts[-2:] for entry in entries]
    for entry, path in zip(entries, paths, strict=True):
        if not isinstance(entry, str) or len(path) < 2 or not SYNSET.fullmatch(path[0]):
            raise InputError(f"{file}: '{str(entry)[:LONGEST_SHOWN]}' among them, expected {FORM}")
    return [(synset, model) for synset, model in paths]


def _lists(folder: Path) -> list[tuple[str, str]]:
    files = sorted(path for path in folder.glob("*") if path.suffix.lower() == ".lst")
    return [(file.stem, model) for file in files for model in read_text(file, "a model id a line").split()]
