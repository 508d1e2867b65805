"""Where a training stands, as named arrays: what a checkpoint keeps."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import nn

State = Mapping[str, np.ndarray]


@runtime_checkable
class Checkpoint(Protocol):
    """Where a training keeps its state now and then; `core.checkpoints.Checkpoint` keeps it in a file."""

    def read(self) -> State | None: ...

    def write_if_due(self, state: Callable[[], State]) -> None: ...


class Progress:
    """The step, the model, its optimizer and the losses so far."""

    def __init__(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        self.model, self.optimizer = model, optimizer
        self.step = 0
        self.losses: list[float] = []  # of training, since the last measurement
        self.curve: list[tuple[float, float, float]] = []  # step, training loss, validation loss

    def measured(self, step: int, validation: float) -> None:
        self.curve.append((step, sum(self.losses) / len(self.losses), validation))
        self.losses = []

    def state(self) -> State:
        """Copies of everything."""
        state = {f"model/{name}": value for name, value in self.model.state_dict().items()}
        for number, moments in self.optimizer.state_dict()["state"].items():
            state |= {f"optimizer/{number}/{name}": value for name, value in moments.items()}
        arrays = {name: value.cpu().numpy().copy() for name, value in state.items()}
        numbers = {"step": self.step, "losses": self.losses, "curve": self.curve}
        return arrays | {name: np.asarray(value, np.float64) for name, value in numbers.items()}

    def take_up(self, state: State | None) -> None:
        """Go on from `state`; from the start if there is none."""
        if state is None:
            return
        tensors = {name: torch.from_numpy(np.array(value)) for name, value in state.items()}
        self.model.load_state_dict(_under("model/", tensors))
        moments: dict[int, dict[str, Any]] = {}
        for name, value in _under("optimizer/", tensors).items():
            number, what = name.split("/")
            moments.setdefault(int(number), {})[what] = value
        groups = self.optimizer.state_dict()["param_groups"]
        self.optimizer.load_state_dict({"state": moments, "param_groups": groups})
        self.step, self.losses = int(state["step"]), state["losses"].tolist()
        self.curve = [tuple(row) for row in state["curve"].reshape(-1, 3).tolist()]


def _under(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
