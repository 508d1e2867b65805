"""Seeds of random draws, derived from the study's seed."""

import hashlib
import json


def seed_of(study_seed: int, *keys: str | int) -> int:
    """A seed in [0, 2^63) that depends on nothing but the study's seed and `keys` (an object's id, a variant, …)."""
    text = json.dumps([study_seed, *keys])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def view_draw_seed(study_seed: int, training_seed: int | None) -> int:
    """The seed of the views that a training draws once: the same for every model of this training seed.

    None: all trainings have the study's draw.
    """
    if training_seed is None:
        return study_seed
    return seed_of(study_seed, "training views", training_seed)
