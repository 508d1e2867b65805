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
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign_text
from fieldlink.scenes.importers.listing import Listing
from fieldlink.scenes.splits import SPLITS

LISTS = "disn_filelists"


@dataclass(frozen=True)
class PublishedSplit:
    """Published splits by id."""

    held_out: Mapping[str, str]  # validation or test, by id; other ids are for training
    ambiguous: Mapping[str, tuple[str, ...]]  # synsets of each id that lies in several classes

    def of(self, ids: Iterable[str]) -> dict[str, str]:
        """The split of each id."""
        return {object_id: self.held_out.get(object_id, "train") for object_id in ids}

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
    places = {split: _paths(folder / f"{split}.json") for split in SPLITS[1:]}
    synsets_of = defaultdict(set)
    for synset, model in [place for listed in places.values() for place in listed] + _lists(folder / LISTS):
        synsets_of[model].add(synset)
    ambiguous = {model: tuple(sorted(synsets)) for model, synsets in synsets_of.items() if len(synsets) > 1}
    held_out: dict[str, str] = {}
    for split, listed in places.items():
        for _, model in listed:
            if model not in ambiguous and held_out.setdefault(model, split) != split:
                raise InputError(f"{folder}: {model} is in {held_out[model]}.json and {split}.json, expected one split")
    return PublishedSplit(held_out, ambiguous)


def _paths(file: Path) -> list[tuple[str, str]]:
    """(synset, model id) of each entry."""
    try:
        entries = json.loads(read_foreign_text(file))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{file}: expected a JSON list of …/<synset>/<model id> ({error})") from error
    is_list = isinstance(entries, list) and all(isinstance(entry, str) for entry in entries)
    parts = [PurePosixPath(entry).parts[-2:] for entry in entries] if is_list else []
    if not parts or any(len(pair) < 2 for pair in parts):
        raise InputError(f"{file}: expected a JSON list of …/<synset>/<model id>")
    return [(synset, model) for synset, model in parts]


def _lists(folder: Path) -> list[tuple[str, str]]:
    return [(file.stem, model) for file in sorted(folder.glob("*.lst")) for model in read_foreign_text(file).split()]
