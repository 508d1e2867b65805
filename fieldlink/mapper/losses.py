"""Losses between mapper outputs x_i and targets y_i, i = 1 … B; each gives one number per model.

`*model` is any number of leading axes: none for a single mapper, one for many at once. A new loss is a function and an
entry of `LOSSES` here. Its name, its title and whether it leaves the norm free stand in `core/params/mapper.py`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import logsigmoid, normalize

from fieldlink.core.params import Loss


class Losses(nn.Module):
    """The loss of each of many models, with its own learnable scale and bias where it has them."""

    def __init__(self, kinds: Sequence[Loss]) -> None:
        super().__init__()
        start = torch.tensor([start_of(kind) for kind in kinds])
        self.log_scale, self.bias = (nn.Parameter(values.clone()) for values in start.T)
        self.kinds = list(dict.fromkeys(kinds))
        for kind in self.kinds:  # buffers lie where the parameters do: a step copies nothing to a GPU
            group = torch.tensor([i for i, other in enumerate(kinds) if other == kind])
            self.register_buffer(kind, group, persistent=False)

    def forward(
        self, outputs: Float[Tensor, "model batch dim"], targets: Float[Tensor, "model batch dim"]
    ) -> Float[Tensor, " model"]:
        """The loss of each model, by its own kind, scale and bias."""
        if len(self.kinds) == 1:
            return loss_of(self.kinds[0], outputs, targets, self.log_scale, self.bias)
        values = outputs.new_zeros(len(outputs))
        for kind in self.kinds:
            group = self.get_buffer(kind)
            chosen = [tensor.index_select(0, group) for tensor in (outputs, targets, self.log_scale, self.bias)]
            values = values.index_put((group,), loss_of(kind, chosen[0], chosen[1], chosen[2], chosen[3]))
        return values


def cosine(
    outputs: Float[Tensor, "*model batch dim"], targets: Float[Tensor, "*model batch dim"]
) -> Float[Tensor, "*model"]:
    """1/B Σ_i (1 − cos(x_i, y_i)) (Eq. 3.1)."""
    return (1 - (normalize(outputs, dim=-1) * normalize(targets, dim=-1)).sum(-1)).mean(-1)


def softmax(
    outputs: Float[Tensor, "*model batch dim"],
    targets: Float[Tensor, "*model batch dim"],
    log_scale: Float[Tensor, "*model"],
) -> Float[Tensor, "*model"]:
    """−1/2B Σ_i [log softmax_j(t cos(x_i, y_j))_i + log softmax_j(t cos(x_j, y_i))_i], t = e^log_scale (Eq. 2.3)."""
    logits = _logits(outputs, targets, log_scale)
    rows, columns = logits.log_softmax(-1), logits.log_softmax(-2)
    return -(rows + columns).diagonal(dim1=-2, dim2=-1).mean(-1) / 2


def siglip(
    outputs: Float[Tensor, "*model batch dim"],
    targets: Float[Tensor, "*model batch dim"],
    log_scale: Float[Tensor, "*model"],
    bias: Float[Tensor, "*model"],
) -> Float[Tensor, "*model"]:
    """−1/B Σ_ij log σ(z_ij (e^log_scale cos(x_i, y_j) + bias)), z = +1 where i = j, else −1 (Eq. 2.4).

    All B² pairs, over B. Eq. 2.4 prints the opposite sign of the bias; with b = −10 the logit must be t·cos + b.
    """
    logits = _logits(outputs, targets, log_scale) + bias[..., None, None]
    signs = 2 * torch.eye(logits.shape[-1], device=logits.device) - 1
    return -logsigmoid(signs * logits).sum((-2, -1)) / logits.shape[-1]


def mse(
    outputs: Float[Tensor, "*model batch dim"], targets: Float[Tensor, "*model batch dim"]
) -> Float[Tensor, "*model"]:
    """1/(B·dim) Σ ‖x_i − y_i‖²."""
    return (outputs - targets).square().mean((-2, -1))


def _logits(
    outputs: Float[Tensor, "*model batch dim"], targets: Float[Tensor, "*model batch dim"], log_scale: Tensor
) -> Float[Tensor, "*model batch batch"]:
    return log_scale.exp()[..., None, None] * normalize(outputs, dim=-1) @ normalize(targets, dim=-1).mT


@dataclass(frozen=True, kw_only=True)
class LossEntry:
    """A loss as a member of the registry. No field has a default: a new loss has to say each."""

    # of outputs, targets, log scale and bias; a loss that learns neither or only the scale leaves the others out
    function: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
    start: tuple[float, ...]  # of the learnable numbers: log t, then the bias


LOSSES: dict[Loss, LossEntry] = {
    "cosine": LossEntry(function=lambda outputs, targets, *_: cosine(outputs, targets), start=()),
    # as in SigLIP's paper (Zhai et al. 2023)
    "siglip": LossEntry(function=siglip, start=(math.log(10), -10.0)),
    # as in CLIP
    "softmax": LossEntry(
        function=lambda outputs, targets, log_scale, _: softmax(outputs, targets, log_scale),
        start=(math.log(1 / 0.07),),
    ),
    "mse": LossEntry(function=lambda outputs, targets, *_: mse(outputs, targets), start=()),
}


def start_of(loss: Loss) -> tuple[float, float]:
    """Log scale and bias at the start of training. They are 0 where the loss has none."""
    log_scale, bias = (*LOSSES[loss].start, 0.0, 0.0)[:2]
    return log_scale, bias


def loss_of(
    loss: Loss,
    outputs: Float[Tensor, "*model batch dim"],
    targets: Float[Tensor, "*model batch dim"],
    log_scale: Float[Tensor, "*model"],
    bias: Float[Tensor, "*model"],
) -> Float[Tensor, "*model"]:
    """The loss by its name in params.yaml. A loss without scale or bias leaves them out."""
    return LOSSES[loss].function(outputs, targets, log_scale, bias)
