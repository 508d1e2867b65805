"""The radiance field of one object: position in the box → colour and density, an MLP without biases (protocol 2).

Weights are one flat vector per NeRF, laid out as `weight_layout` says. Every function takes a batch of NeRFs, so that
many are evaluated by one batched product.
"""

import math
from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from fieldlink.core.params import FieldParams
from fieldlink.nerf.encodings import encoding_of
from fieldlink.nerf.weight_layout import shapes, table_size

HALF = 0.7  # the box is [-HALF, HALF]³
MOST_EXPONENT = 80.0  # beyond it, density would overflow float32; e^80 is opaque at any step
CLAMPED_EXPONENT = 15.0  # of the gradient


class FieldValues(NamedTuple):
    """What a field has at points."""

    rgb: Float[Tensor, "*batch 3"]  # in [0, 1]
    density: Float[Tensor, "*batch"]  # per unit length


def unflatten(weights: Float[Tensor, "nerf weight"], architecture: FieldParams) -> list[Float[Tensor, "nerf out in"]]:
    """The layers' matrices, as views of the flat vectors."""
    layers = shapes(architecture)
    *parts, _ = weights.split([*(outputs * inputs for outputs, inputs in layers), table_size(architecture)], dim=1)
    return [part.unflatten(1, shape) for part, shape in zip(parts, layers, strict=True)]


def xavier(architecture: FieldParams, seed: int) -> Float[Tensor, " weight"]:
    """Xavier-uniform layers, the same for all NeRFs of a study (protocol 2), and the encoding's table near zero."""
    random = torch.Generator().manual_seed(seed)
    bounds = [(outputs * inputs, math.sqrt(6 / (outputs + inputs))) for outputs, inputs in shapes(architecture)]
    encoding = encoding_of(architecture)
    bounds.append((encoding.table_size, encoding.start_bound))
    return torch.cat([(2 * torch.rand(count, generator=random) - 1) * bound for count, bound in bounds])


def evaluate(
    weights: Float[Tensor, "nerf weight"], points: Float[Tensor, "nerf point 3"], architecture: FieldParams
) -> FieldValues:
    """Colour and density of each NeRF at its own points; zero density outside the box."""
    x = unit(points)
    inside = ((x > 0) & (x < 1)).all(-1)
    return colour_and_density(outputs(weights, encoding_of(architecture).prepare(x), architecture), inside)


def unit(points: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
    """Positions in the box, mapped to [0, 1]³."""
    return (points + HALF) / (2 * HALF)


def outputs(
    weights: Float[Tensor, "nerf weight"], prepared: Float[Tensor, "nerf point prepared"], architecture: FieldParams
) -> Float[Tensor, "nerf point out"]:
    """Outputs of the MLP at positions that the encoding has prepared."""
    encoding = encoding_of(architecture)
    table = weights[:, weights.shape[1] - encoding.table_size :]
    return mlp(weights, encoding.encode(prepared, table), architecture)


def mlp(
    weights: Float[Tensor, "nerf weight"], encoded: Float[Tensor, "nerf point in"], architecture: FieldParams
) -> Float[Tensor, "nerf point out"]:
    """ReLU between the layers, none after the last."""
    *hidden, last = unflatten(weights, architecture)
    for layer in hidden:
        encoded = torch.bmm(encoded, layer.mT).relu_()
    return torch.bmm(encoded, last.mT)


def colour_and_density(values: Float[Tensor, "*batch out"], inside: Bool[Tensor, "*batch"]) -> FieldValues:
    """Colour and density. Outputs 0 to 2 are the logits of colour. Output 3 is 1 more than the logarithm of density.

    Positions that aren't `inside` have density 0.
    """
    density = truncated_exp(values[..., 3] - 1)
    return FieldValues(values[..., :3].sigmoid(), density * inside)


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
