"""Batches of pairs on a device, for many models at once."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from fieldlink.core.arrays import StoredArray
from fieldlink.core.variants import Direction
from fieldlink.mapper.pair_sampler import EpochOrder
from fieldlink.mapper.pairs import Pairs


class PairLoader:
    """Pairs on a device, batched for every model in its own order and from its own sets.

    `sets`: for each model, its set of NeRF vectors and its set of CLIP vectors.
    """

    def __init__(self, pairs: Pairs, direction: Direction, sets: Sequence[tuple[int, int]], device: str) -> None:
        nerf = pairs.nerf if pairs.nerf.ndim == 3 else pairs.nerf[None]
        self.nerf = torch.tensor(nerf, device=device)
        if isinstance(pairs.clip, StoredArray):  # a CPU reads it where it lies
            self.clip = torch.as_tensor(pairs.clip.open(), device=device)
        else:
            self.clip = torch.tensor(pairs.clip, device=device)
        self.first, self.direction = pairs.first, direction
        self.nerf_sets, self.clip_sets = torch.tensor(sets, device=device).T[:, :, None]

    def batches(
        self, orders: Sequence[EpochOrder]
    ) -> Iterator[tuple[Float[Tensor, "model batch in"], Float[Tensor, "model batch out"]]]:
        """Inputs and targets of every step of an epoch. `orders`: one of each model, with batches of one size."""
        objects = np.stack([order.objects for order in orders])
        rows = self.first[objects] + np.stack([order.views for order in orders])
        object_batches, row_batches = (
            torch.from_numpy(index).to(self.nerf.device).split(orders[0].batch, dim=1) for index in (objects, rows)
        )
        for object_index, row_index in zip(object_batches, row_batches, strict=True):
            nerf, clip = self.nerf[self.nerf_sets, object_index], self.clip[self.clip_sets, row_index]
            yield (clip, nerf) if self.direction == "clip2nerf" else (nerf, clip)
