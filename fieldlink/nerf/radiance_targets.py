"""Targets of a decoder of NeRFs at points in space: the NeRF's own colour and opacity there."""

import torch
from jaxtyping import Float
from torch import Tensor

from fieldlink.core.params import FieldParams
from fieldlink.nerf.field import evaluate
from fieldlink.nerf.nerf_batches import NerfBatch, points_anywhere, points_in

OPACITY_WEIGHT = 3.0  # weight of opacity against colour: with 1, embeddings resemble by colour before shape
SEGMENT_LENGTH = 0.2  # over which a density becomes an opacity: densities of fitted NeRFs are about 2 to 30


@torch.no_grad()
def draw_targets(
    nerfs: NerfBatch, architecture: FieldParams, count: int, random: torch.Generator
) -> tuple[Float[Tensor, "nerf point 3"], Float[Tensor, "nerf point 4"]]:
    """`count` points of each NeRF, half of them in occupied cells, and the NeRF's `radiance` there."""
    inside = points_in(nerfs.occupancy, nerfs.cells, count // 2, random)
    anywhere = points_anywhere(len(nerfs), nerfs.cells, count - count // 2, random)
    points, cell = (torch.cat(parts, dim=1) for parts in zip(inside, anywhere, strict=True))
    rgb, density = evaluate(nerfs.weights, points, architecture)
    return points, radiance(rgb, density * nerfs.occupied(cell))


def radiance(rgb: Float[Tensor, "nerf point 3"], density: Float[Tensor, "nerf point"]) -> Float[Tensor, "nerf point 4"]:
    """Radiance of a segment of length `SEGMENT_LENGTH` by colour, and `OPACITY_WEIGHT` times its opacity."""
    opacity = -torch.expm1(-SEGMENT_LENGTH * density)[..., None]
    return torch.cat([opacity * rgb, OPACITY_WEIGHT * opacity], dim=-1)
