"""Batches doubled with mixtures of two vectors of one class (protocol 8)."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from fieldlink.heads.draws import Draws

FEWEST = 3  # vectors of a class in a batch, for it to be mixed


class Batch(NamedTuple):
    inputs: Float[Tensor, "model row dim"]
    labels: Int[Tensor, "model row"]
    row_weights: Float[Tensor, "model row"]  # 0: a row that only fills the stack


def doubled(inputs: Float[Tensor, "model row dim"], labels: Int[Tensor, "model row"], draws: Draws) -> Batch:
    """The rows, then a mixture of each with another row of its class.

    Each coordinate comes from the partner where its own uniform draw falls below the mixture's, else from the row.
    Mixtures of classes with fewer than `FEWEST` rows don't count.
    """
    rows, width = inputs.shape[1:]
    same = labels[:, :, None] == labels[:, None, :]
    others = same & ~torch.eye(rows, dtype=torch.bool, device=labels.device)
    partners = draws.uniform(rows, rows).masked_fill(~others, -1).argmax(2)
    partner = inputs.take_along_dim(partners[:, :, None], 1)
    mixed = torch.where(draws.uniform(rows, width) < draws.uniform(rows, 1), partner, inputs)
    enough = (same.sum(2) >= FEWEST).to(inputs.dtype)
    return Batch(
        torch.cat([inputs, mixed], dim=1),
        torch.cat([labels, labels], dim=1),
        torch.cat([torch.ones_like(enough), enough], dim=1),
    )
