"""The split of an object, a function of its id and the study's seed: more objects don't move those already there."""

from collections.abc import Mapping, Sequence
from math import gcd
from pathlib import Path

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.core.params import SplitParams
from fieldlink.core.schemas import SPLITS
from fieldlink.core.seeds import seed_of

OUR_CODE = Path("fieldlink/scenes/splits.py")  # value of scenes.splits where no split files are given
LEAKED = 0.8  # share of all copies in the official training set


def of_catalogue(class_name: str, index: int, seed: int, split: SplitParams) -> str:
    """Split of the catalogue's object number `index` of a class.

    With shares 3:1:2 every 6 consecutive objects hold exactly 3, 1 and 2, in a random order of each block.
    """
    counts = _reduced(split)
    block, position = divmod(index, sum(counts))
    order = np.random.default_rng(seed_of(seed, "split", class_name, block)).permutation(sum(counts))
    return SPLITS[int(np.searchsorted(np.cumsum(counts), order[position], side="right"))]


def of_imported(
    ids: Mapping[str, Sequence[str]], seed: int, split: SplitParams, few_are_test: bool = False
) -> dict[str, str]:
    """Split of each imported id, by a digest of seed and id, with at least one object per class and split.

    `ids`: those of each class. A class of fewer than 3 objects is an `InputError`, or all of it is "test" if
    `few_are_test`: a single scene is only fitted.
    """
    splits: dict[str, str] = {}
    for class_name, members in ids.items():
        if len(members) >= len(SPLITS):
            splits |= _of_class(members, seed, split)
        elif few_are_test:
            splits |= dict.fromkeys(members, "test")
        else:
            raise InputError(
                f"class {class_name}: {len(members)} objects that can be used, at least 3 expected (one per split); "
                f"add some, or take the class out of `classes` in params.yaml"
            )
    return splits


def of_photo(photo_id: str, seed: int, validation_share: float) -> str:
    """Split of a photo of a folder, by a digest of seed and id. No mapper learns from photos: none is for training."""
    return "validation" if seed_of(seed, "split", photo_id) < validation_share * 2**63 else "test"


def of_copy(copy_id: str, original: str, leak: str, seed: int) -> str | None:
    """Split of a copy of an object of split `original`; None if there is no such copy.

    Without a leak only training objects have copies. The `official` leak splits copies regardless of their originals
    and uses those that fall into training, which are four in five copies of test objects (protocol 1.3).
    """
    if leak == "official":
        return "train" if seed_of(seed, "leak", copy_id) < LEAKED * 2**63 else None
    return "train" if original == "train" else None


def _of_class(members: Sequence[str], seed: int, split: SplitParams) -> dict[str, str]:
    counts = _reduced(split)
    ends = np.cumsum(counts) / sum(counts)
    positions = {member: seed_of(seed, "split", member) / 2**63 for member in members}
    splits = {member: int(np.searchsorted(ends, position, side="right")) for member, position in positions.items()}
    for empty in range(len(SPLITS)):
        if empty in splits.values():
            continue
        filled = list(splits.values())
        start, end = ends[empty] - counts[empty] / sum(counts), ends[empty]
        movable = [member for member in sorted(members) if filled.count(splits[member]) > 1]
        nearest = min(movable, key=lambda member: max(start - positions[member], positions[member] - end))
        splits[nearest] = empty
    return {member: SPLITS[split] for member, split in splits.items()}


def _reduced(split: SplitParams) -> tuple[int, int, int]:
    """The shares divided by their greatest common divisor."""
    common = gcd(split.train, split.validation, split.test)
    return split.train // common, split.validation // common, split.test // common
