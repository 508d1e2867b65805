"""Which pairs make a batch: every object once a pass over the objects, and never twice in a batch.

Two views of one object in a batch would be false negatives of the contrastive losses (protocol 5); as published, the
pairs of all passes are shuffled together.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Int

from fieldlink.core.params import MapperParams
from fieldlink.core.seeds import seed_of


@dataclass(frozen=True)
class EpochOrder:
    """Pairs in the order of an epoch, cut into batches of `batch`. The last may be smaller."""

    objects: Int[np.ndarray, " pair"]
    views: Int[np.ndarray, " pair"]  # index among the object's own views
    batch: int


@dataclass(frozen=True)
class Sampler:
    """Draws the order of each epoch: `counts[i]` views of object i, `passes` over all objects an epoch."""

    counts: Int[np.ndarray, " object"]
    passes: int
    batch: int
    fixed: bool
    several: bool = False  # whether a batch may hold several pairs of an object

    @staticmethod
    def of(counts: Int[np.ndarray, " object"], mapper: MapperParams, epoch_multiple: int = 1) -> "Sampler":
        """`epoch_multiple` times `mapper.views_per_epoch` passes, or as many as there are views."""
        passes = epoch_multiple * min(mapper.views_per_epoch, int(counts.max()))
        sampler = Sampler(counts, passes, mapper.batch, mapper.batches == "fixed", mapper.object_pairs == "several")
        return replace(sampler, batch=min(mapper.batch, sampler.largest_batch))

    @property
    def largest_batch(self) -> int:
        """As many pairs as there are objects, or pairs an epoch where a batch may hold several of an object."""
        return len(self.counts) * (self.passes if self.several else 1)

    @property
    def steps(self) -> int:
        """Batches an epoch."""
        return -(-len(self.counts) * self.passes // self.batch)

    def order(self, seed: int, epoch: int) -> EpochOrder:
        """An object's views come in shuffled order, all of them within a round of ceil(most views / passes) epochs;
        where there are more passes than views, they come again in the same order.

        Fixed batches repeat from round to round, reshuffled ones never.
        """
        epochs = -(-int(self.counts.max()) // self.passes)  # of a round
        epoch_in_round = epoch % epochs
        start = 0 if self.fixed else epoch - epoch_in_round  # the epoch that the round's draws are seeded by
        keys = _rng(seed, "views", start).random((len(self.counts), int(self.counts.max())))
        keys[np.arange(keys.shape[1]) >= self.counts[:, None]] = 2  # past an object's last view
        shuffled = keys.argsort(axis=1)
        rng, turn = _rng(seed, "objects", start + epoch_in_round), np.arange(self.passes).repeat(len(self.counts))
        if self.several:
            order = rng.permutation(len(turn))
            objects, turn = order % len(self.counts), turn[order]
        else:
            objects = joined_passes(len(self.counts), self.passes, self.batch, rng)
        turn = epoch_in_round * self.passes + turn
        return EpochOrder(objects, shuffled[objects, turn % self.counts[objects]], self.batch)


def every_view(counts: Int[np.ndarray, " object"], batch: int, seed: int) -> EpochOrder:
    """An order with each pair once (objects with fewer views repeat theirs), for validation."""
    return Sampler(counts, int(counts.max()), min(batch, len(counts)), fixed=True).order(seed, 0)


def joined_passes(objects: int, passes: int, batch: int, rng: np.random.Generator) -> Int[np.ndarray, " pair"]:
    """Shuffled passes over all objects, end to end, such that no run of `batch` from a multiple of it has repeats.

    Where a batch spans two passes, the objects it already holds move back in the second; needs batch ≤ objects.
    """
    order = rng.permutation(objects)
    for _ in range(passes - 1):
        last = order[len(order) - len(order) % batch :]  # of a batch that isn't full
        following = rng.permutation(objects)
        if len(last):
            head = following[~np.isin(following, last)][: batch - len(last)]
            following = np.concatenate([head, following[~np.isin(following, head)]])
        order = np.concatenate([order, following])
    return order


def _rng(seed: int, purpose: str, epoch: int) -> np.random.Generator:
    return np.random.default_rng(seed_of(seed, purpose, epoch))
