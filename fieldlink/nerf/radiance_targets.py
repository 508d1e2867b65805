"""What a decoder of NeRFs should give at points in space: the NeRF's own colour and opacity there."""

import torch
from jaxtyping import Float
from torch import Tensor

from fieldlink.core.params import FieldParams
from fieldlink.nerf.field import evaluate
from fieldlink.nerf.nerf_batches import NerfBatch, points_anywhere, points_in

SHAPE = 3.0  # weight of opacity against colour: with 1, like colours come before like shapes in the embedding
STEP = 0.2  # length over which a density becomes an opacity: densities of fitted NeRFs are about 2 to 30


@torch.no_grad()
def targets(
    nerfs: NerfBatch, architecture: FieldParams, count: int, random: torch.Generator
) -> tuple[Float[Tensor, "nerf point 3"], Float[Tensor, "nerf point 4"]]:
    """`count` points per NeRF, half of them in occupied cells, and the NeRF's own `radiance` there."""
    inside = points_in(nerfs.occupancy, nerfs.cells, count // 2, random)
    anywhere = points_anywhere(len(nerfs), nerfs.cells, count - count // 2, random)
    points, cell = (torch.cat(parts, dim=1) for parts in zip(inside, anywhere, strict=True))
    rgb, density = evaluate(nerfs.weights, points, architecture)
    return points, radiance(rgb, density * nerfs.holds(cell))


def radiance(rgb: Float[Tensor, "nerf point 3"], density: Float[Tensor, "nerf point"]) -> Float[Tensor, "nerf point 4"]:
    """What a stretch of length `STEP` sends out, colour by colour, and `SHAPE` times its opacity."""
    opacity = -torch.expm1(-STEP * density)[..., None]
    return torch.cat([opacity * rgb, SHAPE * opacity], dim=-1)
