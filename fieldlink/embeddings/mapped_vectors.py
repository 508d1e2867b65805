"""Vectors that trained mappers gave, found by variant, seed, domain and id."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.errors import InputError


class MappedVectors:
    """A whole dataset `mapped_embeddings`."""

    def __init__(self, rows: pa.Table) -> None:
        self.matrix = datasets.matrix(rows["embedding"])
        self.places: dict[tuple[str, int, str], dict[str, int]] = {}
        keys = (rows[name].to_pylist() for name in ("variant", "seed", "domain", "owner_id"))
        for place, (variant, seed, domain, owner) in enumerate(zip(*keys, strict=True)):
            self.places.setdefault((variant, seed, domain), {})[owner] = place

    @property
    def variants(self) -> dict[str, list[int]]:
        """The training seeds of every variant."""
        found: dict[str, list[int]] = {}
        for variant, seed in dict.fromkeys((variant, seed) for variant, seed, _ in self.places):
            found.setdefault(variant, []).append(seed)
        return found

    def ids(self, domain: str) -> set[str]:
        """The ids that every variant and seed has mapped."""
        found = [set(ids) for (_, _, of), ids in self.places.items() if of == domain]
        return set.intersection(*found) if found else set()

    def vectors(self, variant: str, seed: int, domain: str, ids: Sequence[str]) -> Float[np.ndarray, "id dim"]:
        """Rows in the order of `ids`; an id that was not mapped is an error that names it."""
        own = self.places.get((variant, seed, domain), {})
        missing = [name for name in ids if name not in own]
        if missing:
            raise InputError(
                f"mapped_embeddings: {variant!r} seed={seed} {domain}: {len(missing)} ids are missing, such as"
                f" {missing[:3]}; rerun the stage that trains the mappers"
            )
        return self.matrix[[own[name] for name in ids]]
