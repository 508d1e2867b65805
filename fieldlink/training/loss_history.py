"""What was measured while models were trained side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int


@dataclass(frozen=True)
class TrainingHistory:
    """Losses of every model at every check, and the step of its best check."""

    best_step: Int[np.ndarray, " model"]
    check_steps: Int[np.ndarray, " check"]  # the last is the number of steps in all
    train_loss: Float[np.ndarray, "check model"]  # mean over the steps since the last check
    validation_loss: Float[np.ndarray, "check model"]
    accuracy: Float[np.ndarray, "check model"] | None = None  # of validation, in [0, 1]; None where none is measured

    @property
    def steps(self) -> int:
        """Training steps in all."""
        return int(self.check_steps[-1])


def joined(histories: Sequence[TrainingHistory]) -> TrainingHistory:
    """One history of models that were trained in several tasks, with checks at the same steps and no accuracy."""
    return TrainingHistory(
        np.concatenate([history.best_step for history in histories]),
        histories[0].check_steps,
        np.concatenate([history.train_loss for history in histories], axis=1),
        np.concatenate([history.validation_loss for history in histories], axis=1),
    )
