"""What is to be trained of heads, so that a worker process can, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from fieldlink.core.params import HeadsParams as How


@dataclass(frozen=True)
class LabelledVectors:
    """Vectors of the same objects as every model sees them, and the objects' classes."""

    vectors: Float[np.ndarray, "model row dim"]
    labels: Int[np.ndarray, " row"]


@dataclass(frozen=True)
class HeadTask:
    """Heads of one space, one a training seed; all that decides them, so that a worker process can."""

    space: str
    seeds: Sequence[int]
    train: LabelledVectors
    validation: LabelledVectors
    test: Float[np.ndarray, "model row dim"]  # vectors to be named in the end
    classes: int
    how: How
    study_seed: int
    device: str = "cpu"


@dataclass(frozen=True)
class HeadResult:
    """Every head with its best weights, and how they came about."""

    space: str
    seeds: Sequence[int]
    tensors: dict[str, np.ndarray]  # of `Heads`
    best_step: Int[np.ndarray, " model"]
    check_steps: Int[np.ndarray, " check"]  # the last is the number of steps in all
    train_loss: Float[np.ndarray, "check model"]  # mean over the steps since the last check
    validation_loss: Float[np.ndarray, "check model"]
    accuracy: Float[np.ndarray, "check model"]  # of validation
    logits: Float[np.ndarray, "model row class"]  # of the task's `test`


def train(task: HeadTask) -> HeadResult:
    """In a worker, which alone imports torch."""
    from fieldlink.heads.head_training import train_many

    return train_many(task)
