"""Which split an object belongs to: a function of its own id and the study's seed, so that growth moves nobody."""

from collections.abc import Mapping, Sequence
from math import gcd
from pathlib import Path

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.core.params import SplitParams
from fieldlink.core.seeds import seed_of

SPLITS = ("train", "validation", "test")
OUR_CODE = Path("fieldlink/scenes/splits.py")  # what scenes.splits names where no split files are given: this very code
LEAKED = 0.8  # share of all copies that the official split has in training


def of_catalogue(class_name: str, index: int, seed: int, shares: SplitParams) -> str:
    """Split of the catalogue's object number `index`: each block of as many objects as there are shares is dealt out.

    With shares 3:1:4 every 8 consecutive objects of a class hold exactly 3, 1 and 4, in an order of their own.
    """
    counts = _smallest(shares)
    block, place = divmod(index, sum(counts))
    order = np.random.default_rng(seed_of(seed, "split", class_name, block)).permutation(sum(counts))
    return SPLITS[int(np.searchsorted(np.cumsum(counts), order[place], side="right"))]


def of_imported(
    ids: Mapping[str, Sequence[str]], seed: int, shares: SplitParams, few_are_test: bool = False
) -> dict[str, str]:
    """Split of each imported id, given by class: by a hash of seed and id, yet at least one object per class and split.

    A class of fewer than 3 objects is an `InputError`, or all of it is "test" if `few_are_test` (a single scene is
    there to be fitted, not learnt from).
    """
    splits: dict[str, str] = {}
    for class_name, members in ids.items():
        if len(members) >= len(SPLITS):
            splits |= _of_class(members, seed, shares)
        elif few_are_test:
            splits |= dict.fromkeys(members, "test")
        else:
            raise InputError(f"class {class_name}: {len(members)} objects, at least 3 expected (one per split)")
    return splits


def of_copy(copy_id: str, original: str, leak: str, seed: int) -> str | None:
    """Split of a copy of an object of split `original`; none: there is no such copy.

    Only training objects have copies. The `official` leak splits copies without a look at their originals, and uses
    those that fall into training: a test object's copy is there four times in five (protocol 1.3).
    """
    if leak == "official":
        return "train" if seed_of(seed, "leak", copy_id) < LEAKED * 2**63 else None
    return "train" if original == "train" else None


def _of_class(members: Sequence[str], seed: int, shares: SplitParams) -> dict[str, str]:
    counts = _smallest(shares)
    ends = np.cumsum(counts) / sum(counts)
    places = {member: seed_of(seed, "split", member) / 2**63 for member in members}
    splits = {member: int(np.searchsorted(ends, place, side="right")) for member, place in places.items()}
    for wanted in range(len(SPLITS)):
        if wanted in splits.values():
            continue
        held = list(splits.values())
        start, end = ends[wanted] - counts[wanted] / sum(counts), ends[wanted]
        movable = [member for member in sorted(members) if held.count(splits[member]) > 1]
        nearest = min(movable, key=lambda member: max(start - places[member], places[member] - end))
        splits[nearest] = wanted
    return {member: SPLITS[split] for member, split in splits.items()}


def _smallest(shares: SplitParams) -> tuple[int, int, int]:
    """The same shares in the smallest whole numbers."""
    common = gcd(shares.train, shares.validation, shares.test)
    return shares.train // common, shares.validation // common, shares.test // common
