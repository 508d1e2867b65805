"""The weights of NeRFs while they are fitted, and the optimizers that move them."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from fieldlink.core.optimizers import Adam, Muon
from fieldlink.core.params import NerfParams
from fieldlink.nerf.weight_layout import shapes, table_size

EPSILON = 1e-15  # of Adam


@dataclass(frozen=True)
class FittedWeights:
    """Weights in one part or two, each with its optimizer: the layers, and the table of a learned encoding.

    Muon moves matrices only, so that Adam moves the table beside it.
    """

    parts: list[Float[Tensor, "nerf _"]]
    optimizers: list[torch.optim.Optimizer]

    @classmethod
    def of(cls, start: Float[Tensor, " weight"], count: int, nerf: NerfParams, graphed: bool) -> "FittedWeights":
        """`count` NeRFs that begin at `start`; `graphed`: the rate is a tensor, which a CUDA graph reads."""
        rate = nerf.fitting.learning_rate
        lr = torch.tensor(rate, device=start.device) if graphed else rate
        every = start.repeat(count, 1)
        if nerf.fitting.optimizer == "adam":
            parts = [every.requires_grad_()]
            return cls(parts, [_adam(parts[0], lr, nerf.fitting.betas, graphed)])
        table = table_size(nerf.field)
        parts = [part.clone().requires_grad_() for part in every.split([every.shape[1] - table, table], dim=1)]
        optimizers: list[torch.optim.Optimizer] = [Muon(parts[:1], shapes(nerf.field), lr)]
        if not table:
            return cls(parts[:1], optimizers)
        return cls(parts, [*optimizers, _adam(parts[1], lr, nerf.fitting.betas, graphed)])

    @property
    def joint(self) -> Float[Tensor, "nerf weight"]:
        return torch.cat(self.parts, dim=1) if len(self.parts) > 1 else self.parts[0]

    def move_against(self, loss: Float[Tensor, ""]) -> None:
        """One step of each optimizer against the gradient of the loss."""
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in self.optimizers:
            optimizer.step()

    def set_rate(self, rate: float) -> None:
        """Set the learning rate: in place where a graph has captured it."""
        for optimizer in self.optimizers:
            group = optimizer.param_groups[0]
            if isinstance(group["lr"], Tensor):
                group["lr"].fill_(rate)
            else:
                group["lr"] = rate


def _adam(weights: Float[Tensor, "nerf number"], lr: float | Tensor, betas: tuple[float, float], graphed: bool) -> Adam:
    return Adam([weights], lr=lr, betas=betas, eps=EPSILON, fused=True, capturable=graphed)
