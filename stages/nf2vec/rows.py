"""The weights of a NeRF as rows of one width: what the encoder reads (protocol 3)."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from stages.nerf.field import shapes
from stages.params import Architecture

Layout = Literal["official", "per_input"]


def rows(
    weights: Float[Tensor, "nerf number"], architecture: Architecture, layout: Layout
) -> Float[Tensor, "nerf row units"]:
    """Rows of `units` numbers; zero rows fill the output layer up to a square of `units` rows.

    `official`: the flat vector reshaped, as nf2vec does. Each matrix is (out, in) row-major, so a row of a hidden
    matrix holds one neuron's incoming weights, and rows of the first layer cut across neurons. `per_input`: the first
    layer transposed, one row per encoded input with its outgoing weights.
    """
    units, inputs = shapes(architecture)[0]
    if layout == "per_input":
        first, others = weights[:, : units * inputs], weights[:, units * inputs :]
        weights = torch.cat([first.unflatten(1, (units, inputs)).transpose(1, 2).flatten(1), others], dim=1)
    missing = max(units - architecture.outputs, 0)
    return pad(weights, (0, missing * units)).unflatten(1, (-1, units))
