"""What mappers learn from: NeRF vectors beside CLIP vectors of the same objects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from stages.arrays import Stored
from stages.mapper.batches import Plan

Direction = Literal["clip2nerf", "nerf2clip"]  # what is mapped to what (thesis, Fig. 3.2)


@dataclass(frozen=True)
class Pairs:
    """Object i owns rows first[i] … first[i] + counts[i] − 1 of every set of CLIP vectors.

    In the mean regime an object has one row and a set is a number of averaged views; per view it has many rows.
    NeRF vectors are one set, or several: of the same objects by several encoders. CLIP vectors may lie in a file, also
    of more objects than these, and are never copied whole.
    """

    nerf: Float[np.ndarray, "*set object nerf"]
    clip: Float[np.ndarray, "set row clip"] | Stored
    first: Int[np.ndarray, " object"]
    counts: Int[np.ndarray, " object"]

    @staticmethod
    def of_means(nerf: Float[np.ndarray, "object nerf"], clip: Float[np.ndarray, "set object clip"]) -> "Pairs":
        """One pair per object and set."""
        return Pairs(nerf, clip, np.arange(len(nerf)), np.ones(len(nerf), np.int64))


def merged(
    sources: Sequence[Float[np.ndarray, "row clip"]], counts: Int[np.ndarray, " object"]
) -> Float[np.ndarray, "all clip"]:
    """Rows of several sources, of each of which object i owns the next counts[i], in order of objects."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return np.concatenate(sources)[np.argsort(np.tile(owner, len(sources)), kind="stable")]


class Dealer:
    """Pairs on a device, dealt to every model by its own plan and from its own sets, (NeRF, CLIP) by model."""

    def __init__(self, pairs: Pairs, direction: Direction, sets: Sequence[tuple[int, int]], device: str) -> None:
        nerf = pairs.nerf if pairs.nerf.ndim == 3 else pairs.nerf[None]
        self.nerf = torch.tensor(nerf, device=device)
        if isinstance(pairs.clip, Stored):  # a CPU reads it where it lies
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
