"""Occupancy grids: cells of a fitted field that aren't empty, stored as packed bits in C order over x, y, z."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from fieldlink.core.params import FieldParams
from fieldlink.nerf import field
from fieldlink.nerf.weight_layout import cells_per_axis

PLACES_PER_AXIS = 2  # of a cell, at which its density is evaluated
MIN_OPACITY = 0.01  # of a stretch as wide as a cell
POINTS_AT_ONCE = {"cpu": 8192, "cuda": 2**20}

Density = Callable[[Tensor], Tensor]  # positions [point, 3] → density [point], per unit length


def fields_density(weights: Float[Tensor, " weight"], architecture: FieldParams) -> Density:
    """The density of one NeRF."""
    return lambda points: field.evaluate(weights[None], points[None], architecture)[1][0]


def occupied(
    weights: Float[Tensor, " weight"], hull: Bool[Tensor, "x y z"], architecture: FieldParams
) -> Bool[Tensor, "x y z"]:
    """Cells of the hull in which a stretch as wide as the cell is more than `MIN_OPACITY` opaque somewhere."""
    return occupied_by(fields_density(weights, architecture), hull)


@torch.no_grad()
def occupied_by(density: Density, hull: Bool[Tensor, "x y z"]) -> Bool[Tensor, "x y z"]:
    """As `occupied`, for any field."""
    width = 2 * field.HALF / len(hull)
    offsets = (torch.arange(PLACES_PER_AXIS, device=hull.device) + 0.5) / PLACES_PER_AXIS
    offsets = torch.stack(torch.meshgrid(offsets, offsets, offsets, indexing="ij"), dim=-1).view(-1, 3)
    cells = hull.nonzero()
    points = ((cells[:, None] + offsets) * width - field.HALF).flatten(0, 1)
    densities = torch.cat([density(part) for part in points.split(POINTS_AT_ONCE[hull.device.type])])
    grid = hull.clone()
    grid[hull] = (-torch.expm1(-width * densities)).view(len(cells), -1).amax(1) > MIN_OPACITY
    return grid


def pack(grid: Bool[Tensor, "x y z"]) -> bytes:
    """The grid's bits, eight to a byte, the first one highest."""
    return np.packbits(grid.cpu().numpy()).tobytes()


def unpack(bits: bytes) -> Bool[Tensor, "x y z"]:
    """The grid of packed bits; the number of cells follows from their count."""
    flat = np.unpackbits(np.frombuffer(bits, np.uint8))
    cells = cells_per_axis(len(bits))
    return torch.from_numpy(flat[: cells**3].reshape(cells, cells, cells).astype(bool))
