"""Seeds of random draws, derived from the study's seed."""

import hashlib
import json


def seed_of(study_seed: int, *keys: str | int) -> int:
    """A seed in [0, 2^63) that depends on nothing but the study's seed and `keys` (an object's id, a variant, …)."""
    text = json.dumps([study_seed, *keys])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1
