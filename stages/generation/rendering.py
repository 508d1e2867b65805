"""Pictures of the field that nf2vec's decoder gives for a vector."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from stages.nerf.occupancy import occupied_by
from stages.nerf.rendering import Camera, render_field
from stages.nf2vec.decoder import Decoder

POINTS_AT_ONCE = 4096  # decoded together: more don't fit a core's cache


@torch.no_grad()
def picture(
    decoder: Decoder,
    vector: Float[Tensor, " embedding"],
    poses: Float[np.ndarray, "view 3 4"],
    camera: Camera,
    *,
    cells: int,
    step: float,
) -> UInt8[np.ndarray, "view height width 4"]:
    """D(v, ·) from all poses, straight alpha.

    No NeRF's occupancy grid is asked: where there is nothing is looked up in the field itself, `cells` an axis.
    """

    def at(points: Float[Tensor, "ray sample 3"]) -> tuple[Tensor, Tensor]:
        parts = [decoder(vector[None], part[None]) for part in points.flatten(0, 1).split(POINTS_AT_ONCE)]
        rgb, density = (torch.cat(values, dim=1)[0] for values in zip(*parts, strict=True))
        return rgb.view(points.shape), density.view(points.shape[:2])

    everywhere = torch.ones(cells, cells, cells, dtype=torch.bool, device=vector.device)
    occupancy = occupied_by(lambda points: decoder(vector[None], points[None])[1][0], everywhere)
    colour, opacity = render_field(at, occupancy, poses, camera, step)
    straight = colour / opacity.clamp(min=1e-6)[..., None]
    rgba = torch.cat([straight, opacity[..., None]], dim=-1).clamp(0, 1)
    return (255 * rgba + 0.5).to(torch.uint8).cpu().numpy()
