"""Pictures of the field that nf2vec's decoder gives for a vector."""

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn.functional import grid_sample, max_pool3d

from fieldlink.nerf.field import HALF
from fieldlink.nerf.rendering import Camera, render_field
from fieldlink.nf2vec.decoder import Decoder

POINTS_AT_ONCE = 4096  # decoded together: more don't fit a core's cache
LEAST = 0.01  # opacity of a cell's width from which there is something


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

    The decoder is asked once for all views, at the centres of `cells`³ cells; between them density, and colour times
    density, are linear. No NeRF's occupancy grid is asked: what is empty follows from the field itself.
    """
    emission, density = _lattice(decoder, vector, cells)
    both = torch.cat([emission, density[None]])[None]
    occupancy = max_pool3d(density[None], 3, stride=1, padding=1)[0] * (2 * HALF / cells) > LEAST  # wherever it reaches

    def at(points: Float[Tensor, "ray sample 3"]) -> tuple[Tensor, Tensor]:
        places = points.flip(-1)[None, None] / HALF  # grid_sample's order is z, y, x for a lattice over x, y, z
        found = grid_sample(both, places, padding_mode="border", align_corners=False)[0, :, 0]
        return (found[:3] / found[3].clamp(min=1e-6)).movedim(0, -1), found[3]

    colour, opacity = render_field(at, occupancy, poses, camera, step)
    straight = colour / opacity.clamp(min=1e-6)[..., None]
    rgba = torch.cat([straight, opacity[..., None]], dim=-1).clamp(0, 1)
    return (255 * rgba + 0.5).to(torch.uint8).cpu().numpy()


def _lattice(
    decoder: Decoder, vector: Float[Tensor, " embedding"], cells: int
) -> tuple[Float[Tensor, "3 x y z"], Float[Tensor, "x y z"]]:
    """Colour times density, and density, at the centres of equal cells of the box."""
    along = (torch.arange(cells, device=vector.device) + 0.5) * (2 * HALF / cells) - HALF
    centres = torch.stack(torch.meshgrid(along, along, along, indexing="ij"), dim=-1).flatten(0, 2)
    parts = [decoder(vector[None], some[None]) for some in centres.split(POINTS_AT_ONCE)]
    rgb, density = (torch.cat(values, dim=1)[0] for values in zip(*parts, strict=True))
    return (rgb * density[:, None]).T.reshape(3, cells, cells, cells), density.view(cells, cells, cells)
