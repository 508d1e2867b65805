"""The weights of every model at its best check."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn


class BestWeights:
    """The state of every model at its best check so far.

    The highest validation accuracy is best, where one is measured; among equal ones the lowest validation loss, then
    the earliest check. `stacked`: parameters have a first axis `model`; otherwise the network is one model.
    """

    def __init__(self, network: nn.Module, models: int, *, stacked: bool = True) -> None:
        self.network, self.stacked = network, stacked
        self.values = {name: value.clone() for name, value in network.state_dict().items()}
        self.step = np.zeros(models, np.int64)
        self.loss = torch.full((models,), torch.inf, dtype=torch.float64)
        self.accuracy = torch.full((models,), -1.0, dtype=torch.float64)

    @torch.no_grad()
    def keep(self, step: int, loss: Float[Tensor, " model"], accuracy: Float[Tensor, " model"] | None) -> None:
        """Take the present weights of the models for which they are the best so far."""
        loss = loss.cpu().double()
        accuracy = torch.zeros_like(loss) if accuracy is None else accuracy.cpu().double()
        better = loss.isfinite() & ((accuracy > self.accuracy) | ((accuracy == self.accuracy) & (loss < self.loss)))
        self.loss, self.accuracy = loss.where(better, self.loss), accuracy.where(better, self.accuracy)
        self.step[better.numpy()] = step
        for name, value in self.network.state_dict().items():
            if self.stacked:
                self.values[name][better] = value[better]
            elif better[0]:
                self.values[name] = value.clone()

    def forget(self) -> None:
        """Take no check so far for the best."""
        self.step[:] = 0
        self.loss.fill_(torch.inf)
        self.accuracy.fill_(-1.0)

    def restore(self, names: Sequence[str], parameter: str) -> None:
        """Give the network its best weights.

        Raises `FloatingPointError` that names the models without a finite validation loss, and the `parameter` of
        params.yaml to lower.
        """
        diverged = [name for name, step in zip(names, self.step, strict=True) if step == 0]
        if diverged:
            raise FloatingPointError(f"no finite validation loss: {diverged}; lower {parameter}")
        self.network.load_state_dict(self.values)
