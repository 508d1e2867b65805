"""Trainings of mappers, and their results.

A model is one loss, one set of CLIP vectors, one of NeRF vectors and one training seed. Nothing of it depends on which
models are trained beside it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from fieldlink.core.params import Loss, MapperParams
from fieldlink.core.variants import Direction, TrainingSet, Variant, trained_name
from fieldlink.mapper.pair_sampler import Sampler
from fieldlink.mapper.pairs import Pairs
from fieldlink.training import loss_history
from fieldlink.training.curves import NamedHistory
from fieldlink.training.loss_history import TrainingHistory

MODELS_AT_ONCE = {"cpu": 30, "cuda": 96}  # at most: more are no faster


@dataclass(frozen=True)
class MapperRun:
    """One model. `seed` alone decides its draws, so that models of equal seed differ in nothing else than they say."""

    variant: str  # the text of its variant
    loss: Loss
    seed: int
    clip_set: int = 0  # the set of CLIP vectors that it learns from
    nerf_set: int = 0  # the set of NeRF vectors

    @property
    def name(self) -> str:
        """The model's name in errors."""
        return trained_name(self.variant, self.seed)


@dataclass(frozen=True)
class MapperResult:
    """Every model with its best weights, and its history."""

    direction: Direction
    models: list[MapperRun]
    tensors: dict[str, np.ndarray]  # of `Mappers`
    batch: int  # pairs a step: no more than there are objects
    history: TrainingHistory

    @property
    def named_history(self) -> NamedHistory:
        """Variant and seed of each model, and their history, for dataset `training_curves`."""
        return [(model.variant, model.seed) for model in self.models], self.history


@dataclass(frozen=True)
class MapperTask:
    """Models of one direction to be trained side by side."""

    direction: Direction
    models: list[MapperRun]
    train: Pairs
    validation: Pairs
    mapper: MapperParams
    study_seed: int
    device: str = "cpu"
    epoch_multiple: int = 1  # an epoch has this many times `mapper.views_per_epoch` passes over the objects
    steps: int | None = None  # of the optimizer; None: those of `mapper.epochs`

    @property
    def sampler(self) -> Sampler:
        """Draws the training pairs."""
        return Sampler.of(self.train.counts, self.mapper, self.epoch_multiple)

    @property
    def all_steps(self) -> int:
        """Steps of the optimizer."""
        return self.steps or self.sampler.steps * self.mapper.epochs

    def split(self, workers: int) -> "list[MapperTask]":
        """The same work as tasks as equal as can be, as many for each worker; those of a GPU aren't divided by them."""
        sharing = 1 if self.device == "cuda" else workers
        rounds = math.ceil(len(self.models) / (sharing * MODELS_AT_ONCE[self.device]))
        parts = np.array_split(np.arange(len(self.models)), min(len(self.models), sharing * rounds))
        return [replace(self, models=[self.models[index] for index in part]) for part in parts]


def per_loss(
    direction: Direction,
    losses: Sequence[Loss],
    train: Pairs,
    validation: Pairs,
    *,
    mapper: MapperParams,
    study_seed: int,
    device: str,
    space: str | None = None,
    training_set: TrainingSet | None = None,
) -> MapperTask:
    """A mapper of every loss and training seed. `space` and `training_set` stand in their variants."""
    models = [
        MapperRun(Variant(space=space, direction=direction, loss=loss, training_set=training_set).text, loss, seed)
        for loss, seed in product(losses, mapper.seeds)
    ]
    return MapperTask(direction, models, train, validation, mapper, study_seed, device)


def joined(results: Sequence[MapperResult]) -> MapperResult:
    """The results of the tasks that one was split into, as one."""
    return MapperResult(
        results[0].direction,
        [model for result in results for model in result.models],
        {name: np.concatenate([result.tensors[name] for result in results]) for name in results[0].tensors},
        results[0].batch,
        loss_history.joined([result.history for result in results]),
    )
