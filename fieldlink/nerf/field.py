"""The radiance field of one object: position in the box → colour and density, an MLP without biases (protocol 2).

Weights are one flat vector per NeRF: layer by layer, each matrix (out, in) row-major; behind them the table of a hash
grid, entry by entry, where positions are encoded by one. Every function takes a batch of NeRFs, so that many are
evaluated by one batched product.
"""

import math
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from fieldlink.core.params import FieldParams
from fieldlink.nerf.encodings import frequency, hashed
from fieldlink.nerf.weight_layout import shapes, table_size

HALF = 0.7  # the box is [-HALF, HALF]³
MOST_EXPONENT = 80.0  # beyond it, density would overflow float32; e^80 is opaque at any step
CLAMPED_EXPONENT = 15.0  # of the gradient
LARGEST_START = 1e-4  # of a hash grid's features (instant-ngp, section 4)


def unflatten(weights: Float[Tensor, "nerf weight"], architecture: FieldParams) -> list[Float[Tensor, "nerf out in"]]:
    """The layers' matrices, as views of the flat vectors."""
    layers = shapes(architecture)
    *parts, _ = weights.split([*(out * into for out, into in layers), table_size(architecture)], dim=1)
    return [part.unflatten(1, shape) for part, shape in zip(parts, layers, strict=True)]


def xavier(architecture: FieldParams, seed: int) -> Float[Tensor, " weight"]:
    """Xavier-uniform start, the same for all NeRFs of a study (protocol 2); a hash grid's features near zero."""
    random = torch.Generator().manual_seed(seed)
    bounds = [(out * into, math.sqrt(6 / (out + into))) for out, into in shapes(architecture)]
    bounds.append((table_size(architecture), LARGEST_START))
    return torch.cat([(2 * torch.rand(count, generator=random) - 1) * bound for count, bound in bounds])


def evaluate(
    weights: Float[Tensor, "nerf weight"], points: Float[Tensor, "nerf point 3"], architecture: FieldParams
) -> tuple[Float[Tensor, "nerf point 3"], Float[Tensor, "nerf point"]]:
    """Colour in [0, 1] and density (per unit length) of each NeRF at its own points; zero density outside the box."""
    x = unit(points)
    inside = ((x > 0) & (x < 1)).all(-1)
    return heads(outputs(weights, prepared(x, architecture), architecture), inside)


def unit(points: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
    """Positions in the box, mapped to [0, 1]³."""
    return (points + HALF) / (2 * HALF)


def prepared(x: Float[Tensor, "*batch 3"], architecture: FieldParams) -> Float[Tensor, "*batch known"]:
    """What is known of positions in [0, 1]³ before any weights are: frequencies, or for a hash grid only themselves."""
    return x if architecture.grid else frequency(x, architecture.octaves)


def outputs(
    weights: Float[Tensor, "nerf weight"], known: Float[Tensor, "nerf point known"], architecture: FieldParams
) -> Float[Tensor, "nerf point out"]:
    """What the MLP says of `prepared` positions."""
    grid = architecture.grid
    if grid is None:
        return mlp(weights, known, architecture)
    table = weights[:, -table_size(architecture) :].unflatten(1, (-1, grid.features))
    return mlp(weights, hashed(known, table, grid), architecture)


def mlp(
    weights: Float[Tensor, "nerf weight"], encoded: Float[Tensor, "nerf point in"], architecture: FieldParams
) -> Float[Tensor, "nerf point out"]:
    """ReLU between the layers, none after the last."""
    *hidden, last = unflatten(weights, architecture)
    for layer in hidden:
        encoded = torch.bmm(encoded, layer.mT).relu_()
    return torch.bmm(encoded, last.mT)


def heads(
    values: Float[Tensor, "*batch out"], inside: Bool[Tensor, "*batch"]
) -> tuple[Float[Tensor, "*batch 3"], Float[Tensor, "*batch"]]:
    """What the outputs mean: 0-2 are colour logits, 3 the logarithm of density, less 1. nf2vec's decoder shares it."""
    density = truncated_exp(values[..., 3] - 1)
    return values[..., :3].sigmoid(), density * inside


class _TruncatedExp(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.clamp(max=MOST_EXPONENT).exp_()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return gradients[0] * x.clamp(max=CLAMPED_EXPONENT).exp_()


def truncated_exp(x: Float[Tensor, "*batch"]) -> Float[Tensor, "*batch"]:
    """exp(x) whose gradient is that of exp at min(x, 15) (protocol 2), so that no logit makes it infinite."""
    result: Tensor = _TruncatedExp.apply(x)  # pyright: ignore[reportAssignmentType]
    return result
