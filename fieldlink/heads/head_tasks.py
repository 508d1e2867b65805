"""Trainings of classification heads, and their results."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from jaxtyping import Float, Int

from fieldlink.core.params import HeadsParams
from fieldlink.core.variants import Embedding, Variant
from fieldlink.training.curves import NamedHistory
from fieldlink.training.loss_history import TrainingHistory

SPACES: tuple[Embedding, Embedding] = ("nerf_embedding", "clip_embedding")


@dataclass(frozen=True)
class LabelledVectors:
    """Vectors of the same objects as every model sees them, and the objects' classes."""

    vectors: Float[np.ndarray, "model row dim"]
    labels: Int[np.ndarray, " row"]


@dataclass(frozen=True)
class HeadResult:
    """Every head of one space with its best weights, and its history."""

    space: str
    seeds: Sequence[int]
    tensors: dict[str, np.ndarray]  # of `Heads`
    history: TrainingHistory

    @property
    def named_history(self) -> NamedHistory:
        """Variant and seed of each head, and their history, for dataset `training_curves`."""
        return [(head_variant_text(self.space), seed) for seed in self.seeds], self.history


@dataclass(frozen=True)
class HeadTask:
    """Heads of one space, one for each training seed."""

    space: str
    seeds: Sequence[int]
    train: LabelledVectors
    validation: LabelledVectors
    classes: int
    heads: HeadsParams
    study_seed: int
    device: str = "cpu"


@dataclass(frozen=True)
class LogitsTask:
    """Trained heads of one space, and vectors to classify. The result is logits (model, row, class)."""

    space: str
    tensors: dict[str, np.ndarray]
    config: dict[str, Any]  # of the model folder
    vectors: Float[np.ndarray, "model row dim"]
    device: str = "cpu"

    @property
    def seeds(self) -> list[int]:
        """The training seed of each head."""
        return [model["seed"] for model in self.config["models"]]


def head_variant_text(space: str) -> str:
    """The text of the variant of a space's heads."""
    return Variant(head=cast("Embedding", space)).text
