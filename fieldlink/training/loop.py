"""The training loop of mappers, heads and fine-tuning."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Generic, Literal, TypeVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from fieldlink.core.optimizers import AdamW
from fieldlink.core.progress import progress
from fieldlink.training.best_weights import BestWeights
from fieldlink.training.loss_history import TrainingHistory

Network = TypeVar("Network", bound=nn.Module)
Batch = TypeVar("Batch")
Validation = tuple[Float[Tensor, " model"], Float[Tensor, " model"] | None]  # loss, and accuracy where it is measured


class Training(ABC, Generic[Network, Batch]):
    """Models that are trained side by side: their networks, their optimizer, their batches and their losses."""

    network: Network  # its state is kept at the best check
    optimizer: torch.optim.Optimizer
    schedule: OneCycleLR
    stacked: bool = True  # parameters have a first axis `model`

    @abstractmethod
    def batches(self, epoch: int) -> Iterable[Batch]:
        """The batches of an epoch, counted from 0. Each is made after the step before it."""

    @abstractmethod
    def losses(self, batch: Batch) -> tuple[Float[Tensor, " model"], Float[Tensor, ""]]:
        """The loss of each model that the curves show, and the sum that the step minimises."""

    @abstractmethod
    def validation(self) -> Validation:
        """Loss and, if it decides, accuracy of each model on the validation objects."""


def one_cycle(
    groups: Iterable[Any], learning_rate: float | list[float], weight_decay: float, steps: int
) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW and one OneCycle over all steps (protocol 5). `learning_rate`: the highest, of all groups or of each."""
    optimizer = AdamW(groups, weight_decay=weight_decay, fused=True)
    return optimizer, OneCycleLR(optimizer, learning_rate, total_steps=steps)


def train(
    training: Training[Any, Any],
    *,
    epochs: int,
    validate_every: int,
    title: str,
    models: Sequence[str],
    parameter: str,
    keep: Literal["best", "last"] = "best",
) -> TrainingHistory:
    """Train, with a check every `validate_every` epochs and at the end; each model gets the weights of its best check.

    `keep` last: the weights of the last check instead. `title`: that of the progress line. `models`: names for errors.

    Raises `FloatingPointError` for a model whose validation loss was never finite, or, for `keep` last, isn't at the
    end. It says to lower `parameter`.
    """
    best = BestWeights(training.network, len(models), stacked=training.stacked)
    step, losses, steps, curves = 0, list[Tensor](), list[int](), defaultdict[str, list[Tensor]](list)
    for epoch in progress(range(1, epochs + 1), title, "epochs"):
        for batch in training.batches(epoch - 1):
            loss, objective = training.losses(batch)
            training.optimizer.zero_grad()
            objective.backward()
            training.optimizer.step()
            training.schedule.step()
            losses.append(loss.detach())
            step += 1
        if epoch % validate_every == 0 or epoch == epochs:
            validation_loss, accuracy = training.validation()
            if keep == "last":
                best.forget()
            best.keep(step, validation_loss, accuracy)
            steps.append(step)
            curves["train_loss"].append(torch.stack(losses).mean(0))
            curves["validation_loss"].append(validation_loss)
            if accuracy is not None:
                curves["accuracy"].append(accuracy)
            losses = []
    best.restore(models, parameter)
    columns = {name: torch.stack(curve).cpu().numpy() for name, curve in curves.items()}
    return TrainingHistory(best_step=best.step, check_steps=np.array(steps), **columns)
