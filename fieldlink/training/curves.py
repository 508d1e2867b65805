"""Training histories as dataset `training_curves`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fieldlink.core import datasets
from fieldlink.core.schemas import TRAINING_CURVES
from fieldlink.training.loss_history import TrainingHistory

NamedHistory = tuple[Sequence[tuple[str, int]], TrainingHistory]  # variant and seed of each model, their history


def columns(histories: Sequence[NamedHistory]) -> dict[str, Any]:
    """Columns of `training_curves`: every model's loss of both splits at every check."""
    rows = [
        (variant, seed, int(step), split, float(loss))
        for models, history in histories
        for split, losses in (("train", history.train_loss), ("validation", history.validation_loss))
        for (variant, seed), curve in zip(models, losses.T, strict=True)
        for step, loss in zip(history.check_steps, curve, strict=True)
    ]
    names = ("variant", "seed", "step", "split", "loss")
    return {name: [row[index] for row in rows] for index, name in enumerate(names)}


def write(folder: Path, histories: Sequence[NamedHistory], producer: str) -> None:
    """Write dataset `training_curves`. Without histories it has no rows. `producer`: the stage that writes it."""
    datasets.write(folder, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, columns(histories))], producer)
