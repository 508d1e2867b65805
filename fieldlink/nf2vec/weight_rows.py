"""The weights of a NeRF as rows of one width, the input of the encoder (protocol 3)."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from fieldlink.core.params import FieldParams
from fieldlink.nerf.encodings import encoding_of
from fieldlink.nerf.weight_layout import shapes, size

Layout = Literal["official", "per_input"]


def rows(
    weights: Float[Tensor, "nerf number"], architecture: FieldParams, layout: Layout
) -> Float[Tensor, "nerf row units"]:
    """Flat weights as rows of `units` numbers; zero rows fill the output layer up to a square of `units` rows.

    `official`: the flat vector reshaped, as nf2vec does. Each matrix is (out, in) row-major, so a row of a hidden
    matrix holds one neuron's incoming weights, and rows of the first layer cut across neurons. `per_input`: the first
    layer transposed, one row per encoded input with its outgoing weights.

    The encoding's learned table follows. Zeros fill its last row. A row of `official` has all features of some
    neighbouring entries. A row of `per_input` has one feature of more entries, and the rows of a feature follow each
    other.
    """
    units, inputs = shapes(architecture)[0]
    encoding = encoding_of(architecture)
    table_size = encoding.table_size
    layers, table = weights.split([weights.shape[1] - table_size, table_size], dim=1)
    if layout == "per_input":
        first, others = layers[:, : units * inputs], layers[:, units * inputs :]
        layers = torch.cat([first.unflatten(1, (units, inputs)).transpose(1, 2).flatten(1), others], dim=1)
        table = table.unflatten(1, (-1, encoding.features)).transpose(1, 2).flatten(1)
    missing = max(units - architecture.outputs, 0)
    layers = pad(layers, (0, missing * units))
    whole = torch.cat([layers, pad(table, (0, -table_size % units))], dim=1) if table_size else layers
    return whole.unflatten(1, (-1, units))


def row_count(architecture: FieldParams) -> int:
    """Number of rows of a NeRF, in either layout."""
    return rows(torch.zeros(1, size(architecture)), architecture, "official").shape[1]
