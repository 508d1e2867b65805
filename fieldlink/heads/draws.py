"""Random numbers of many models at once, each from a stream of its own."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor


class Draws:
    """What model i draws depends on `seeds[i]` and its draws before alone, not on the models beside it."""

    def __init__(self, seeds: Sequence[int], device: str = "cpu") -> None:
        self.generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self.device = device

    def uniform(self, *shape: int) -> Float[Tensor, "model ..."]:
        """In [0, 1)."""
        return torch.stack([torch.rand(shape, generator=stream) for stream in self.generators]).to(self.device)

    def shuffles(self, count: int) -> Int[Tensor, "model count"]:
        """The numbers 0 … count − 1 in random order."""
        return torch.stack([torch.randperm(count, generator=stream) for stream in self.generators]).to(self.device)
