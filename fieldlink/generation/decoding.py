"""Pictures of the field that nf2vec's decoder makes of a vector."""

from functools import partial

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn.functional import grid_sample, max_pool3d

from fieldlink.nerf.field import HALF
from fieldlink.nerf.rendering import Camera, render_field, straight_alpha_pictures
from fieldlink.nf2vec.decoder import Decoder

WHOLE_BOX = 16  # cells per axis of a grid that leaves nothing out
POINTS_PER_CALL = 4096  # decoded in one call; more don't fit a core's cache
MIN_OPACITY = 0.01  # density times a cell's width from which a cell counts as occupied


@torch.no_grad()
def render_vector(
    decoder: Decoder,
    vector: Float[Tensor, " embedding"],
    poses: Float[np.ndarray, "view 3 4"],
    camera: Camera,
    *,
    cells: int,
    step: float,
) -> UInt8[np.ndarray, "view height width 4"]:
    """RGBA pictures with straight alpha of the field D(v, ·) from all poses.

    The decoder is evaluated once for all views, at the centres of `cells`³ cells. Density, and colour times density,
    are interpolated linearly between them. Occupied cells follow from the density; no NeRF's occupancy grid is used.
    `cells` 0: the decoder is evaluated at every sample in the box. `step`: length between samples.
    """
    if not cells:
        everywhere = torch.ones((WHOLE_BOX,) * 3, dtype=torch.bool, device=vector.device)
        colour, opacity = render_field(partial(_decoded, decoder, vector), everywhere, poses, camera, step)
        return straight_alpha_pictures(colour, opacity)
    emission, density = _lattice(decoder, vector, cells)
    lattice = torch.cat([emission, density[None]])[None]
    # a neighbour's density reaches into a cell by interpolation
    occupancy = max_pool3d(density[None], 3, stride=1, padding=1)[0] * (2 * HALF / cells) > MIN_OPACITY

    def field_at(points: Float[Tensor, "point 3"]) -> tuple[Tensor, Tensor]:
        # grid_sample's order is z, y, x for a lattice over x, y, z
        positions = points.flip(-1)[None, None, None] / HALF
        values = grid_sample(lattice, positions, padding_mode="border", align_corners=False)[0, :, 0, 0]
        return (values[:3] / values[3].clamp(min=1e-6)).T, values[3]

    colour, opacity = render_field(field_at, occupancy, poses, camera, step)
    return straight_alpha_pictures(colour, opacity)


def _decoded(
    decoder: Decoder, vector: Float[Tensor, " embedding"], points: Float[Tensor, "point 3"]
) -> tuple[Float[Tensor, "point 3"], Float[Tensor, " point"]]:
    parts = [decoder(vector[None], part[None]) for part in points.split(POINTS_PER_CALL)]
    rgb, density = (torch.cat(values, dim=1)[0] for values in zip(*parts, strict=True))
    return rgb, density


def _lattice(
    decoder: Decoder, vector: Float[Tensor, " embedding"], cells: int
) -> tuple[Float[Tensor, "3 x y z"], Float[Tensor, "x y z"]]:
    """Colour times density, and density, at the centres of equal cells of the box."""
    axis = (torch.arange(cells, device=vector.device) + 0.5) * (2 * HALF / cells) - HALF
    centres = torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1).flatten(0, 2)
    rgb, density = _decoded(decoder, vector, centres)
    return (rgb * density[:, None]).T.reshape(3, cells, cells, cells), density.view(cells, cells, cells)
