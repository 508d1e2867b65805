"""Which pairs meet in which step: every object once a pass, a batch never holds an object twice.

Two views of one object in a batch would be false negatives of the contrastive losses (protocol 5).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from fieldlink.core.arrays import StoredArray
from fieldlink.core.params import MapperParams
from fieldlink.core.seeds import seed_of
from fieldlink.mapper.pairs import Direction, Pairs


@dataclass(frozen=True)
class Plan:
    """Pairs in the order of an epoch, cut into batches of `batch`; the last may be smaller."""

    objects: Int[np.ndarray, " pair"]
    views: Int[np.ndarray, " pair"]  # place among the object's own views
    batch: int


@dataclass(frozen=True)
class Sampler:
    """Makes each epoch's plan: `counts[i]` views of object i, `passes` over all objects an epoch."""

    counts: Int[np.ndarray, " object"]
    passes: int
    batch: int
    fixed: bool

    @staticmethod
    def of(counts: Int[np.ndarray, " object"], how: MapperParams, times: int = 1) -> "Sampler":
        """`times` as many passes as the views asked for, or there are; no larger batches than objects."""
        views, batch = min(how.views_per_epoch, int(counts.max())), min(how.batch, len(counts))
        return Sampler(counts, times * views, batch, how.batches == "fixed")

    @property
    def steps(self) -> int:
        """Batches an epoch."""
        return -(-len(self.counts) * self.passes // self.batch)

    def plan(self, seed: int, epoch: int) -> Plan:
        """An object's views come in shuffled order, all of them within a round of ceil(most views / passes) epochs;
        where there are more passes than views, they come again in the same order.

        Fixed batches repeat from round to round, reshuffled ones never.
        """
        epochs = -(-int(self.counts.max()) // self.passes)
        part = epoch % epochs
        again = 0 if self.fixed else epoch - part
        order = _rng(seed, "views", again).random((len(self.counts), int(self.counts.max())))
        order[np.arange(order.shape[1]) >= self.counts[:, None]] = 2  # past an object's last view
        shuffled = order.argsort(axis=1)
        objects = stitched(len(self.counts), self.passes, self.batch, _rng(seed, "objects", again + part))
        turn = part * self.passes + np.arange(len(objects)) // len(self.counts)
        return Plan(objects, shuffled[objects, turn % self.counts[objects]], self.batch)


def every_view(counts: Int[np.ndarray, " object"], batch: int, seed: int) -> Plan:
    """A plan with each pair once (objects with fewer views repeat theirs): what validation measures."""
    return Sampler(counts, int(counts.max()), min(batch, len(counts)), fixed=True).plan(seed, 0)


def stitched(objects: int, passes: int, batch: int, rng: np.random.Generator) -> Int[np.ndarray, " pair"]:
    """Shuffled passes over all objects, end to end, such that no run of `batch` from a multiple of it has repeats.

    Where a batch spans two passes, the objects it already holds move back in the second; needs batch ≤ objects.
    """
    order = rng.permutation(objects)
    for _ in range(passes - 1):
        held = order[len(order) - len(order) % batch :]
        following = rng.permutation(objects)
        if len(held):
            head = following[~np.isin(following, held)][: batch - len(held)]
            following = np.concatenate([head, following[~np.isin(following, head)]])
        order = np.concatenate([order, following])
    return order


def _rng(seed: int, what: str, epoch: int) -> np.random.Generator:
    return np.random.default_rng(seed_of(seed, what, epoch))


class Dealer:
    """Pairs on a device, dealt to every model by its own plan and from its own sets, (NeRF, CLIP) by model."""

    def __init__(self, pairs: Pairs, direction: Direction, sets: Sequence[tuple[int, int]], device: str) -> None:
        nerf = pairs.nerf if pairs.nerf.ndim == 3 else pairs.nerf[None]
        self.nerf = torch.tensor(nerf, device=device)
        if isinstance(pairs.clip, StoredArray):  # a CPU reads it where it lies
            self.clip = torch.as_tensor(pairs.clip.open(), device=device)
        else:
            self.clip = torch.tensor(pairs.clip, device=device)
        self.first, self.direction = pairs.first, direction
        self.nerf_sets, self.clip_sets = torch.tensor(sets, device=device).T[:, :, None]

    def deal(
        self, plans: Sequence[Plan]
    ) -> Iterator[tuple[Float[Tensor, "model batch in"], Float[Tensor, "model batch out"]]]:
        """Inputs and targets of every step of an epoch."""
        objects = np.stack([plan.objects for plan in plans])
        rows = self.first[objects] + np.stack([plan.views for plan in plans])
        chosen = [
            torch.from_numpy(index).to(self.nerf.device).split(plans[0].batch, dim=1) for index in (objects, rows)
        ]
        for some_objects, some_rows in zip(*chosen, strict=True):
            nerf, clip = self.nerf[self.nerf_sets, some_objects], self.clip[self.clip_sets, some_rows]
            yield (clip, nerf) if self.direction == "clip2nerf" else (nerf, clip)
