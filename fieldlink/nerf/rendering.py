"""Views of a fitted field: only pixels that see occupied cells, marched front to back until rays are opaque."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from fieldlink.core.params import FieldParams, RenderingParams
from fieldlink.nerf import field
from fieldlink.nerf.compositing import composite
from fieldlink.nerf.sampling import RaySegments, occupied_bounds, steps_within, true_places
from fieldlink.scenes import cameras

MIN_TRANSMITTANCE = 1e-4  # at which a ray stops (protocol 2)


# A field at points: positions [point, 3] → colour [point, 3] and density [point].
FieldFunction = Callable[[Tensor], tuple[Tensor, Tensor]]


class BatchSizes(NamedTuple):
    """How much a device computes in one operation."""

    block: int  # samples of a ray marched before opaque rays are dropped
    rays: int  # bounds the memory of large pictures
    points: int  # of the field


# A CPU core's cache holds no more points; a GPU idles between small operations.
BATCH_SIZES = {"cpu": BatchSizes(4, 2**15, 8192), "cuda": BatchSizes(16, 2**17, 2**20)}


@dataclass(frozen=True)
class Camera:
    """The intrinsics that a set of views shares."""

    angle: float  # full horizontal field of view, radians
    width: int
    height: int


def render(
    weights: Float[Tensor, " weight"],
    occupancy: Bool[Tensor, "x y z"],
    poses: Float[np.ndarray, "view 3 4"],
    camera: Camera,
    rendering: RenderingParams,
    architecture: FieldParams,
) -> tuple[Float[Tensor, "view height width 3"], Float[Tensor, "view height width"]]:
    """Colour on black and opacity of one NeRF from all poses (camera to world); empty cells have no density."""
    return render_field(partial(_field, weights, architecture=architecture), occupancy, poses, camera, rendering.step)


@torch.no_grad()
def render_field(
    field_at: FieldFunction,
    occupancy: Bool[Tensor, "x y z"],
    poses: Float[np.ndarray, "view 3 4"],
    camera: Camera,
    step: float,
) -> tuple[Float[Tensor, "view height width 3"], Float[Tensor, "view height width"]]:
    """As `render`, for any field; `step`: length between samples."""
    visible = visible_pixels(occupancy, poses, camera)
    colour = torch.zeros(visible.numel(), 3, device=occupancy.device)
    opacity = torch.zeros(visible.numel(), device=occupancy.device)
    bounds = occupied_bounds(occupancy)
    steps = steps_within(bounds, len(occupancy))
    for pixels in true_places(visible.flatten()).split(BATCH_SIZES[visible.device.type].rays):
        rays = RaySegments.of(*_rays(pixels, poses, camera), occupancy, steps, bounds)
        colour[pixels], opacity[pixels] = march(field_at, rays, step)
    return colour.view(*visible.shape, 3), opacity.view(visible.shape)


def march(
    field_at: FieldFunction, rays: RaySegments, step: float
) -> tuple[Float[Tensor, "ray 3"], Float[Tensor, " ray"]]:
    """Colour on black and opacity by midpoint samples `step` apart along the occupied part of each ray."""
    colour, transmittance = torch.zeros_like(rays.origins), torch.ones_like(rays.length)
    size = BATCH_SIZES[transmittance.device.type].block
    for block in range(int(rays.length.max().item() / (step * size)) + 1 if len(transmittance) else 0):
        alive = true_places((transmittance > MIN_TRANSMITTANCE) & (rays.length > block * size * step))
        if len(alive) == 0:
            break
        marched = rays.subset(alive)
        edges = torch.arange(block * size, (block + 1) * size + 1, device=alive.device) * step
        edges = torch.minimum(edges[None], marched.length[:, None])
        starts, ends = edges[:, :-1], edges[:, 1:]
        rgb, density = _where(ends > starts, field_at, marched.points((starts + ends) / 2))
        block_colour, block_opacity = composite(rgb, density, starts, ends)
        colour[alive] += transmittance[alive, None] * block_colour
        transmittance[alive] *= 1 - block_opacity
    return colour, 1 - transmittance


def _where(
    used: Bool[Tensor, "ray sample"], field_at: FieldFunction, points: Float[Tensor, "ray sample 3"]
) -> tuple[Float[Tensor, "ray sample 3"], Float[Tensor, "ray sample"]]:
    """The field at the points that are `used`, zeros at the others: behind a ray's end a sixth of all."""
    places, flat = true_places(used.flatten()), points.flatten(0, 1)
    rgb, density = field_at(flat.index_select(0, places))
    rgb = torch.zeros_like(flat).index_copy_(0, places, rgb.to(flat.dtype))
    density = flat.new_zeros(len(flat)).index_copy_(0, places, density.to(flat.dtype))
    return rgb.view(points.shape), density.view(used.shape)


def straight_alpha_pictures(
    colour: Float[Tensor, "view height width 3"], opacity: Float[Tensor, "view height width"]
) -> UInt8[np.ndarray, "view height width 4"]:
    """8-bit RGBA pictures with straight alpha, from colours on black."""
    straight = colour / opacity.clamp(min=1e-6)[..., None]
    rgba = torch.cat([straight, opacity[..., None]], dim=-1).clamp(0, 1)
    return (255 * rgba + 0.5).to(torch.uint8).cpu().numpy()


def visible_pixels(
    occupancy: Bool[Tensor, "x y z"], poses: Float[np.ndarray, "view 3 4"], camera: Camera
) -> Bool[Tensor, "view height width"]:
    """Pixels whose rays may meet an occupied cell: those near a cell's centre, all if a cell is too close to tell."""
    # 1. Centres of the occupied cells in each camera's coordinates; it looks along -z.
    cells, device = len(occupancy), occupancy.device
    centres = (occupancy.nonzero() + 0.5) * (2 * field.HALF / cells) - field.HALF
    to_world = torch.tensor(poses, device=device)
    x, y, z = (to_world[:, :, :3].mT @ (centres.T - to_world[:, :, 3:])).unbind(1)
    radius, depth = 3**0.5 * field.HALF / cells, -z
    focal = cameras.focal(camera.angle, camera.width)
    visible = torch.zeros(len(poses), camera.height, camera.width, dtype=torch.bool, device=device)
    if centres.numel() == 0:
        return visible
    if depth.min() < 2 * radius:
        return ~visible
    # 2. Their pixels, and how many pixels the nearest cell reaches around its own.
    column = (camera.width / 2 + focal * x / depth).floor().long()
    row = (camera.height / 2 - focal * y / depth).floor().long()
    reach = int(focal * radius / (depth.min().item() - radius)) + 1
    # 3. All pixels within reach, also of pixels outside the picture.
    size = len(poses), camera.height + 2 * reach, camera.width + 2 * reach
    padded = torch.zeros(size, dtype=torch.bool, device=device)
    inside = (column >= -reach) & (column < camera.width + reach) & (row >= -reach) & (row < camera.height + reach)
    view = torch.arange(len(poses), device=device)[:, None].expand_as(row)
    padded[view[inside], row[inside] + reach, column[inside] + reach] = True
    columns = _any_of(padded, 1, 2 * reach + 1)
    return _any_of(columns, 2, 2 * reach + 1)


def _any_of(mask: Bool[Tensor, "..."], axis: int, width: int) -> Bool[Tensor, "..."]:
    """Whether any of `width` neighbours along an axis is true; much faster than pooling."""
    size = mask.shape[axis] - width + 1
    return reduce(torch.logical_or, (mask.narrow(axis, start, size) for start in range(width)))


def _rays(
    pixels: Int[Tensor, " ray"], poses: Float[np.ndarray, "view 3 4"], camera: Camera
) -> tuple[Float[Tensor, "ray 3"], Float[Tensor, "ray 3"]]:
    view, row, column = np.unravel_index(pixels.cpu().numpy(), (len(poses), camera.height, camera.width))
    centres = np.stack([column, row], axis=1).astype(np.float32) + np.float32(0.5)
    arrays = cameras.rays_through(poses[view], centres, camera.angle, camera.width, camera.height)
    origins, directions = (torch.from_numpy(array).to(pixels.device) for array in arrays)
    return origins, directions


def _field(
    weights: Float[Tensor, " weight"], points: Float[Tensor, "point 3"], architecture: FieldParams
) -> tuple[Float[Tensor, "point 3"], Float[Tensor, " point"]]:
    parts = points.split(BATCH_SIZES[points.device.type].points)
    rgb, density = zip(*[field.evaluate(weights[None], part[None], architecture) for part in parts], strict=True)
    return torch.cat(rgb, 1)[0], torch.cat(density, 1)[0]
