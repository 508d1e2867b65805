"""Batches as cuda_train_mappers' baseline has them: all data on the GPU, shuffled there."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class OnGpu:
    """In place of a DataLoader, which would collate item by item."""

    inputs: Tensor
    targets: Tensor
    batch: int
    shuffle: bool

    def __len__(self) -> int:
        return math.ceil(len(self.inputs) / self.batch)

    def __iter__(self) -> Iterator[list[Tensor]]:
        order = torch.randperm if self.shuffle else torch.arange
        for rows in order(len(self.inputs), device=self.inputs.device).split(self.batch):
            yield [self.inputs[rows], self.targets[rows]]
