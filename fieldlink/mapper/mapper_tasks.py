"""What is to be trained of mappers, so that a worker process can, and what came of it.

A model is one loss, one set of CLIP vectors, one of NeRF vectors and one training seed. Nothing of it depends on which
models are trained beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int

from fieldlink.core.params import Loss, MapperParams
from fieldlink.mapper.pairs import Direction, Pairs

# A step's weights then fit a processor's cache, where 72 at once take half as long again; a GPU takes them at one go.
MODELS_AT_ONCE = {"cpu": 9, "cuda": 96}


@dataclass(frozen=True)
class MapperRun:
    variant: str
    loss: Loss
    seed: int
    clip_set: int = 0  # which set of CLIP vectors it learns from
    nerf_set: int = 0  # and which of NeRF vectors


@dataclass(frozen=True)
class MapperTask:
    """Models of one direction to be trained side by side; all that decides them, so that a worker process can."""

    direction: Direction
    models: list[MapperRun]
    train: Pairs
    validation: Pairs
    how: MapperParams
    study_seed: int
    device: str = "cpu"
    times: int = 1  # as many pairs an epoch as `how` says

    def split(self, most: int | None = None) -> "list[MapperTask]":
        """The same work in parts of at most `most` models, by default as many as suit the device."""
        most = most or MODELS_AT_ONCE[self.device]
        return [replace(self, models=self.models[i : i + most]) for i in range(0, len(self.models), most)]


@dataclass(frozen=True)
class MapperResult:
    """Every model with its best weights, and how they came about."""

    direction: Direction
    models: list[MapperRun]
    tensors: dict[str, np.ndarray]  # of `Mappers`
    best_step: Int[np.ndarray, " model"]
    batch: int  # pairs a step: fewer than asked for where there are fewer objects
    check_steps: Int[np.ndarray, " check"]  # the last is the number of steps in all
    train_loss: Float[np.ndarray, "check model"]  # mean over the steps since the last check
    validation_loss: Float[np.ndarray, "check model"]  # mean over all pairs


def joined(parts: Sequence[MapperResult]) -> MapperResult:
    """What the parts of one split task gave, as one."""
    return MapperResult(
        parts[0].direction,
        [model for part in parts for model in part.models],
        {name: np.concatenate([part.tensors[name] for part in parts]) for name in parts[0].tensors},
        np.concatenate([part.best_step for part in parts]),
        parts[0].batch,
        parts[0].check_steps,
        np.concatenate([part.train_loss for part in parts], axis=1),
        np.concatenate([part.validation_loss for part in parts], axis=1),
    )


def train(task: MapperTask) -> MapperResult:
    """In a worker, which alone imports torch."""
    from fieldlink.mapper.mapper_training import train_many

    return train_many(task)
