"""Losses between mapper outputs x_i and targets y_i, i = 1 … B; each gives one number per model.

`*model` is any number of leading axes: none for a single mapper, one for many at once. A new loss is a function and an
entry of `LOSSES` here; its name stands in `core/params/mapper.py`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jaxtyping import Float

from fieldlink.core.params import Loss

if TYPE_CHECKING:
    from torch import Tensor
else:
    Tensor = Any  # the page reads titles, and does without torch


def cosine(
    outputs: Float[Tensor, "*model batch dim"], targets: Float[Tensor, "*model batch dim"]
) -> Float[Tensor, "*model"]:
    """1/B Σ_i (1 − cos(x_i, y_i)) (Eq. 3.1)."""
    from torch.nn.functional import normalize

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
    import torch
    from torch.nn.functional import logsigmoid

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
    from torch.nn.functional import normalize

    return log_scale.exp()[..., None, None] * normalize(outputs, dim=-1) @ normalize(targets, dim=-1).mT


@dataclass(frozen=True, kw_only=True)
class LossEntry:
    """A loss as a member of the registry. No field has a default: a new loss has to say each."""

    title: str  # on the page
    # of outputs, targets, log scale and bias; a loss that learns neither or only the scale leaves the others out
    function: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
    start: tuple[float, ...]  # of the learnable numbers: log t, then the bias
    norm_free: bool  # the loss is the same for outputs of any length: generation rescales them


LOSSES: dict[Loss, LossEntry] = {
    "cosine": LossEntry(
        title="cosine loss",
        function=lambda outputs, targets, *_: cosine(outputs, targets),
        start=(),
        norm_free=True,
    ),
    "siglip": LossEntry(
        title="SigLIP loss",
        function=siglip,
        start=(math.log(10), -10.0),  # as in SigLIP's paper (Zhai et al. 2023)
        norm_free=True,
    ),
    "softmax": LossEntry(
        title="softmax contrastive loss",
        function=lambda outputs, targets, log_scale, _: softmax(outputs, targets, log_scale),
        start=(math.log(1 / 0.07),),  # as in CLIP
        norm_free=True,
    ),
    "mse": LossEntry(
        title="MSE loss",
        function=lambda outputs, targets, *_: mse(outputs, targets),
        start=(),
        norm_free=False,
    ),
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
