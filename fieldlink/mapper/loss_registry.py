"""The losses of mappers: the facts of each that need no torch. Their functions are in `losses`.

A new loss is an entry here, a function there and its name in `core.params.Loss`.
"""

import math
from dataclasses import dataclass

from fieldlink.core.params import Loss


@dataclass(frozen=True, kw_only=True)
class LossEntry:
    """No field has a default: a new loss has to say each."""

    leaves_norm_free: bool  # the loss does not change with the length of outputs: generation rescales them
    start: tuple[float, ...]  # of the learnable numbers that the function takes: log t, then the bias


LOSSES: dict[Loss, LossEntry] = {
    "cosine": LossEntry(leaves_norm_free=True, start=()),
    # as in SigLIP's paper (Zhai et al. 2023)
    "siglip": LossEntry(leaves_norm_free=True, start=(math.log(10), -10.0)),
    # as in CLIP
    "softmax": LossEntry(leaves_norm_free=True, start=(math.log(1 / 0.07),)),
    "mse": LossEntry(leaves_norm_free=False, start=()),
}


def start_of(loss: Loss) -> tuple[float, float]:
    """Log scale and bias at the start of training; 0 for what the loss doesn't have."""
    log_scale, bias = (*LOSSES[loss].start, 0.0, 0.0)[:2]
    return log_scale, bias
