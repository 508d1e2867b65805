"""The occupancy grid that the published code keeps of a field: each cell's running maximum of density times step.

As nerfacc's: Li, Gao, Tancik, Kanazawa 2023, "NerfAcc". A cell is occupied where its value is above the mean of all
cells, or above 0.01 where the mean is higher.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from fieldlink.nerf.nerf_batches import in_cells
from fieldlink.nerf.occupancy import POINTS_AT_ONCE, Density

DECAY, MOST_THRESHOLD = 0.95, 0.01
CELLS_PER_DRAW = 4  # a later update is of one cell in four, and of as many occupied ones at most
UPDATES, FULL_UPDATES = 20, 5  # of the grid that is stored: all, and those at first


@torch.no_grad()
def updated(
    values: Float[Tensor, " cell"], density: Density, step: float, random: torch.Generator, *, every_cell: bool
) -> Float[Tensor, " cell"]:
    """The values after one update: the larger of `step` times the density at a random point of a cell, and the
    decayed value.

    An update is of every cell, or of those that are drawn.
    """
    cells = round(len(values) ** (1 / 3))
    cell = torch.arange(len(values), device=values.device) if every_cell else _drawn_cells(values, random)
    points = in_cells(cell, cells, torch.rand(len(cell), 3, generator=random, device=values.device))
    parts = points.split(POINTS_AT_ONCE[values.device.type])
    decayed = values.index_put((cell,), DECAY * values[cell])
    return decayed.scatter_reduce(0, cell, step * torch.cat([density(part) for part in parts]), "amax")


def occupied_cells(values: Float[Tensor, "*nerf cell"]) -> Bool[Tensor, "*nerf x y z"]:
    """The grid of these values."""
    grid = values > values.mean(-1, keepdim=True).clamp(max=MOST_THRESHOLD)
    return grid.unflatten(-1, (round(values.shape[-1] ** (1 / 3)),) * 3)


def grid_by_updates(density: Density, cells: int, step: float, random: torch.Generator) -> Bool[Tensor, "x y z"]:
    """The grid that is stored beside a fitted NeRF: 20 updates of an empty one, the first 5 of every cell."""
    values = torch.zeros(cells**3, device=random.device)
    for number in range(UPDATES):
        values = updated(values, density, step, random, every_cell=number < FULL_UPDATES)
    return occupied_cells(values)


def _drawn_cells(values: Float[Tensor, " cell"], random: torch.Generator) -> Int[Tensor, " draw"]:
    """A quarter of the cells drawn evenly, some of them twice; and the occupied ones, or as many of them."""
    count = len(values) // CELLS_PER_DRAW
    anywhere = torch.randint(len(values), (count,), generator=random, device=values.device)
    occupied = occupied_cells(values).flatten().nonzero()[:, 0]
    if len(occupied) > count:
        occupied = occupied[torch.randint(len(occupied), (count,), generator=random, device=values.device)]
    return torch.cat([anywhere, occupied])
