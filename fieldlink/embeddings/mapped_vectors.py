"""The vectors of trained mappers, by variant, seed, domain and id."""

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
        self.row_of: dict[tuple[str, int, str], dict[str, int]] = {}
        keys = (rows[name].to_pylist() for name in ("variant", "seed", "domain", "owner_id"))
        for row, (variant, seed, domain, owner) in enumerate(zip(*keys, strict=True)):
            self.row_of.setdefault((variant, seed, domain), {})[owner] = row

    @property
    def variants(self) -> dict[str, list[int]]:
        """The training seeds of every variant."""
        seeds_of: dict[str, list[int]] = {}
        for variant, seed in dict.fromkeys((variant, seed) for variant, seed, _ in self.row_of):
            seeds_of.setdefault(variant, []).append(seed)
        return seeds_of

    def ids(self, domain: str) -> set[str]:
        """The ids that every variant and seed has mapped."""
        ids_of = [set(ids) for (_, _, of), ids in self.row_of.items() if of == domain]
        return set.intersection(*ids_of) if ids_of else set()

    def vectors(self, variant: str, seed: int, domain: str, ids: Sequence[str]) -> Float[np.ndarray, "id dim"]:
        """Rows in the order of `ids`; an id that was not mapped is an error that names it."""
        row_of = self.row_of.get((variant, seed, domain), {})
        missing = [name for name in ids if name not in row_of]
        if missing:
            raise InputError(
                f"mapped_embeddings: {variant!r} seed={seed} {domain}: {len(missing)} ids are missing, such as"
                f" {missing[:3]}; rerun the stage that trains the mappers"
            )
        return self.matrix[[row_of[name] for name in ids]]

    def of_seeds(
        self, variant: str, seeds: Sequence[int], domain: str, ids: Sequence[str]
    ) -> Float[np.ndarray, "seed id dim"]:
        """The same of several training seeds."""
        return np.stack([self.vectors(variant, seed, domain, ids) for seed in seeds])
