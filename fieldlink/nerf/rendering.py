"""Views of a fitted field: only pixels that see occupied cells, marched front to back until nothing shines through."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import max_pool2d

from fieldlink.core.params import FieldParams, RenderingParams
from fieldlink.nerf import field
from fieldlink.nerf.compositing import composite
from fieldlink.nerf.sampling import Path
from fieldlink.scenes import cameras

OPAQUE = 1e-4  # transmittance at which a ray stops (protocol 2)


# A field at points of rays: positions [ray, sample, 3] → colour [ray, sample, 3] and density [ray, sample].
Field = Callable[[Tensor], tuple[Tensor, Tensor]]


class AtOnce(NamedTuple):
    """How much is done together."""

    block: int  # samples marched before rays that are done are dropped
    rays: int  # bounds the memory of large pictures
    points: int  # evaluated together


# More points don't fit a core's cache; a GPU is idle between small operations.
AT_ONCE = {"cpu": AtOnce(4, 8192, 8192), "cuda": AtOnce(16, 2**17, 2**20)}


@dataclass(frozen=True)
class Camera:
    """What a set of views has in common."""

    angle: float  # full horizontal field of view, radians
    width: int
    height: int


def render(
    weights: Float[Tensor, " weight"],
    occupancy: Bool[Tensor, "x y z"],
    poses: Float[np.ndarray, "view 3 4"],
    camera: Camera,
    how: RenderingParams,
    architecture: FieldParams,
) -> tuple[Float[Tensor, "view height width 3"], Float[Tensor, "view height width"]]:
    """Colour on black and opacity of one NeRF from all poses; what lies in empty cells is not there."""
    return render_field(partial(_field, weights, architecture=architecture), occupancy, poses, camera, how.step)


@torch.no_grad()
def render_field(
    at: Field,
    occupancy: Bool[Tensor, "x y z"],
    poses: Float[np.ndarray, "view 3 4"],
    camera: Camera,
    step: float,
) -> tuple[Float[Tensor, "view height width 3"], Float[Tensor, "view height width"]]:
    """As `render`, of any field."""
    seen = seen_pixels(occupancy, poses, camera)
    colour = torch.zeros(seen.numel(), 3, device=occupancy.device)
    opacity = torch.zeros(seen.numel(), device=occupancy.device)
    for pixels in seen.flatten().nonzero()[:, 0].split(AT_ONCE[seen.device.type].rays):
        path = _paths(pixels, occupancy, poses, camera)
        colour[pixels], opacity[pixels] = march(at, path, step)
    return colour.view(*seen.shape, 3), opacity.view(seen.shape)


def march(at: Field, path: Path, step: float) -> tuple[Float[Tensor, "ray 3"], Float[Tensor, " ray"]]:
    """Colour on black and opacity by midpoint samples `step` apart along the occupied part of each ray."""
    colour, through = torch.zeros_like(path.origins), torch.ones_like(path.length)
    size = AT_ONCE[through.device.type].block
    for block in range(int(path.length.max().item() / (step * size)) + 1 if len(through) else 0):
        alive = ((through > OPAQUE) & (path.length > block * size * step)).nonzero()[:, 0]
        if len(alive) == 0:
            break
        rays = path.some(alive)
        edges = torch.arange(block * size, (block + 1) * size + 1, device=alive.device) * step
        edges = torch.minimum(edges[None], rays.length[:, None])
        starts, ends = edges[:, :-1], edges[:, 1:]
        rgb, density = at(rays.points((starts + ends) / 2))
        part, opacity = composite(rgb, density, starts, ends)
        colour[alive] += through[alive, None] * part
        through[alive] *= 1 - opacity
    return colour, 1 - through


def seen_pixels(
    occupancy: Bool[Tensor, "x y z"], poses: Float[np.ndarray, "view 3 4"], camera: Camera
) -> Bool[Tensor, "view height width"]:
    """Pixels whose rays may meet an occupied cell: those near a cell's centre; all, if a cell is too close to tell."""
    cells, device = len(occupancy), occupancy.device
    centres = (occupancy.nonzero() + 0.5) * (2 * field.HALF / cells) - field.HALF
    turned = torch.tensor(poses, device=device)
    local = (centres - turned[:, None, :, 3]) @ turned[:, :, :3]
    radius, depth = 3**0.5 * field.HALF / cells, -local[..., 2]
    focal = cameras.focal(camera.angle, camera.width)
    seen = torch.zeros(len(poses), camera.height, camera.width, dtype=torch.bool, device=device)
    if centres.numel() == 0:
        return seen
    if depth.min() < 2 * radius:
        return ~seen
    column = (camera.width / 2 + focal * local[..., 0] / depth).floor().long()
    row = (camera.height / 2 - focal * local[..., 1] / depth).floor().long()
    reach = int(focal * radius / (depth.min().item() - radius)) + 1
    wide = torch.zeros(len(poses), camera.height + 2 * reach, camera.width + 2 * reach, device=device)
    inside = (column >= -reach) & (column < camera.width + reach) & (row >= -reach) & (row < camera.height + reach)
    view = torch.arange(len(poses), device=device)[:, None].expand_as(row)
    wide[view[inside], row[inside] + reach, column[inside] + reach] = 1
    return max_pool2d(wide[:, None], 2 * reach + 1, stride=1)[:, 0] > 0


def _paths(
    pixels: Int[Tensor, " ray"], occupancy: Bool[Tensor, "x y z"], poses: Float[np.ndarray, "view 3 4"], camera: Camera
) -> Path:
    view, row, column = np.unravel_index(pixels.cpu().numpy(), (len(poses), camera.height, camera.width))
    places = np.stack([column, row], axis=1).astype(np.float32) + np.float32(0.5)
    rays = cameras.rays_through(poses[view], places, camera.angle, camera.width, camera.height)
    origins, directions = (torch.from_numpy(array).to(occupancy.device) for array in rays)
    return Path.of(origins, directions, occupancy)


def _field(
    weights: Float[Tensor, " weight"], points: Float[Tensor, "ray sample 3"], architecture: FieldParams
) -> tuple[Float[Tensor, "ray sample 3"], Float[Tensor, "ray sample"]]:
    parts = points.flatten(0, 1).split(AT_ONCE[points.device.type].points)
    rgb, density = zip(*[field.evaluate(weights[None], part[None], architecture) for part in parts], strict=True)
    return torch.cat(rgb, 1).view(points.shape), torch.cat(density, 1).view(points.shape[:2])
