"""Frequency encoding of positions (protocol 2; NeRF, Mildenhall et al. 2020, eq. 4)."""

import math

import torch
from jaxtyping import Float
from torch import Tensor


@torch.no_grad()
def frequency(x: Float[Tensor, "*batch 3"], octaves: int) -> Float[Tensor, "*batch {6*octaves}"]:
    """sin(2^k π x), cos(2^k π x): axis outer, k = 0 … octaves-1, sine before cosine. `x` in [0, 1]; no gradient.

    The phase is reduced first: in turns, 2^(k-1) x and its fraction are exact, 2^k π x rounds off its phase at high k.
    """
    scale = torch.exp2(torch.arange(octaves, device=x.device) - 1.0).repeat_interleave(2)
    turns = x[..., None] * scale
    turns -= turns.round()
    turns += torch.tensor([0.0, 0.25], device=x.device).repeat(octaves)  # a cosine is a sine a quarter turn on
    return turns.mul_(2 * math.pi).sin_().flatten(-2)
