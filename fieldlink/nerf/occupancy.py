"""The grid of cells that may hold matter: built from a fitted field, stored as packed bits in C order over x, y, z."""

from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from fieldlink.core.params import FieldParams
from fieldlink.nerf import field

PLACES = 2  # per axis of a cell where its density is looked up
LEAST = 0.01  # opacity of a cell's width from which it is kept
POINTS_AT_ONCE = {"cpu": 8192, "cuda": 2**20}


def occupied(
    weights: Float[Tensor, " weight"], hull: Bool[Tensor, "x y z"], architecture: FieldParams
) -> Bool[Tensor, "x y z"]:
    """Cells of the hull in which a stretch as wide as the cell would be more than `LEAST` opaque somewhere."""
    return occupied_by(lambda points: field.evaluate(weights[None], points[None], architecture)[1][0], hull)


@torch.no_grad()
def occupied_by(density: Callable[[Tensor], Tensor], hull: Bool[Tensor, "x y z"]) -> Bool[Tensor, "x y z"]:
    """As `occupied`, of any field; `density`: positions [point, 3] → density [point]."""
    width = 2 * field.HALF / len(hull)
    within = (torch.arange(PLACES, device=hull.device) + 0.5) / PLACES
    within = torch.stack(torch.meshgrid(within, within, within, indexing="ij"), dim=-1).view(-1, 3)
    cells = hull.nonzero()
    points = ((cells[:, None] + within) * width - field.HALF).flatten(0, 1)
    found = torch.cat([density(part) for part in points.split(POINTS_AT_ONCE[hull.device.type])])
    grid = hull.clone()
    grid[hull] = (-torch.expm1(-width * found)).view(len(cells), -1).amax(1) > LEAST
    return grid


def pack(grid: Bool[Tensor, "x y z"]) -> bytes:
    """The grid's bits, eight to a byte, first bit highest."""
    return np.packbits(grid.cpu().numpy()).tobytes()


def unpack(bits: bytes) -> Bool[Tensor, "x y z"]:
    """The grid of packed bits; the number of cells per axis (at least 2) follows from their count."""
    flat = np.unpackbits(np.frombuffer(bits, np.uint8))
    cells = int(np.cbrt(len(flat)) + 1e-6)  # fewer than 8 bits of padding
    return torch.from_numpy(flat[: cells**3].reshape(cells, cells, cells).astype(bool))
