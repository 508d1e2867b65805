import pytest
import torch

from fieldlink.nerf import field, occupancy
from fieldlink.nerf.sampling import lookup


@pytest.mark.parametrize("cells", [2, 3, 10, 47, 48, 96])
def test_a_grid_survives_packing(cells):
    grid = torch.rand(cells, cells, cells, generator=torch.Generator().manual_seed(0)) < 0.4
    assert torch.equal(occupancy.unpack(occupancy.pack(grid)), grid)


def test_bits_are_in_c_order_over_x_y_z_first_bit_highest():
    grid = torch.zeros(2, 2, 2, dtype=torch.bool)
    grid[0, 0, 1] = grid[1, 0, 0] = True
    assert occupancy.pack(grid) == bytes([0b01001000])


def test_no_matter_of_the_field_lies_in_a_cell_called_empty_but_outside_the_hull(params):
    architecture = params.nerf.field.model_copy(update={"octaves": 2})  # smooth: a cell's density varies little
    weights = 3 * field.xavier(architecture, 1)
    hull = torch.zeros(24, 24, 24, dtype=torch.bool)
    hull[4:20, 4:20, 4:20] = True
    grid = occupancy.occupied(weights, hull, architecture)
    assert not (grid & ~hull).any()
    assert grid.any()
    points = 1.4 * torch.rand(1, 20000, 3, generator=torch.Generator().manual_seed(0)) - 0.7
    _, density = field.evaluate(weights[None], points, architecture)
    opacity = -torch.expm1(-density[0] * 1.4 / 24)
    assert opacity[lookup(hull & ~grid, points[0])].max() < 3 * occupancy.MIN_OPACITY
