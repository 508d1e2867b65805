"""The state of a training as named arrays, for checkpoints."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import nn

StateArrays = Mapping[str, np.ndarray]


@runtime_checkable
class CheckpointStore(Protocol):
    """Where a training saves its state now and then; `core.checkpoints.Checkpoint` saves it in a file."""

    def read(self) -> StateArrays | None: ...

    def write_if_due(self, state: Callable[[], StateArrays]) -> None: ...


class TrainingState:
    """The step, the model, its optimizer, the losses so far, and in `best` the model of the lowest validation loss."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer, best: nn.Module | None = None) -> None:
        self.model, self.optimizer, self.best = model, optimizer, best
        self.step = 0
        self.losses: list[float] = []  # of training, since the last measurement
        self.curve: list[tuple[float, float, float]] = []  # step, training loss, validation loss

    def add_measurement(self, step: int, validation: float) -> None:
        """Add the validation loss, and the mean of the training losses since the last measurement, to the curve."""
        if self.best and not any(earlier <= validation for _, _, earlier in self.curve):
            self.best.load_state_dict(self.model.state_dict())
        self.curve.append((step, sum(self.losses) / len(self.losses), validation))
        self.losses = []

    def state(self) -> StateArrays:
        """Copies of all of it."""
        state = {f"model/{name}": value for name, value in self.model.state_dict().items()}
        if self.best:
            state |= {f"best/{name}": value for name, value in self.best.state_dict().items()}
        for number, moments in self.optimizer.state_dict()["state"].items():
            state |= {f"optimizer/{number}/{name}": value for name, value in moments.items()}
        arrays = {name: value.cpu().numpy().copy() for name, value in state.items()}
        numbers = {"step": self.step, "losses": self.losses, "curve": self.curve}
        return arrays | {name: np.asarray(value, np.float64) for name, value in numbers.items()}

    def restore(self, state: StateArrays | None) -> None:
        """Continue from `state`; from the start if there is none."""
        if state is None:
            return
        tensors = {name: torch.from_numpy(np.array(value)) for name, value in state.items()}
        self.model.load_state_dict(_below("model/", tensors))
        if self.best:
            self.best.load_state_dict(_below("best/", tensors))
        moments: dict[int, dict[str, Any]] = {}
        for name, value in _below("optimizer/", tensors).items():
            number, moment = name.split("/")
            moments.setdefault(int(number), {})[moment] = value
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": moments, "param_groups": groups})
        self.step, self.losses = int(state["step"]), state["losses"].tolist()
        self.curve = [tuple(row) for row in state["curve"].reshape(-1, 3).tolist()]


def _below(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
