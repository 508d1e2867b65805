"""The published grid of running maxima, against nerfacc's own."""

import nerfacc
import pytest
import torch

from fieldlink.nerf.nerf_batches import in_cells
from fieldlink.nerf.occupancy_updates import DECAY, grid_by_updates, occupied_cells, updated

CELLS, STEP = 12, 0.01


def random() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def by_cell(values: torch.Tensor):
    """A field whose density is the same all over a cell: where a cell is looked up then doesn't matter."""
    return lambda points: values[cells_of(points)]


def cells_of(points: torch.Tensor) -> torch.Tensor:
    x, y, z = ((points + 0.7) / 1.4 * CELLS).long().clamp(0, CELLS - 1).unbind(-1)
    return (x * CELLS + y) * CELLS + z


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])  # the mean decides, and the fixed threshold
def test_the_stored_grid_is_nerfaccs_after_20_updates(scale):
    values = scale * torch.rand(CELLS**3, generator=random()) ** 4
    density = by_cell(values)
    theirs = nerfacc.OccGridEstimator([-0.7] * 3 + [0.7] * 3, CELLS)
    torch.manual_seed(0)
    for number in range(20):
        theirs._update(number, lambda points: STEP * density(points)[:, None], 1e-2, 0.95, warmup_steps=5)
    ours = grid_by_updates(density, CELLS, STEP, random())
    assert torch.equal(ours, theirs.binaries[0])
    assert 0 < ours.float().mean() < 1


def test_a_cell_keeps_95_percent_of_what_was_there_before_unless_it_now_holds_more():
    before, now = torch.rand(2, CELLS**3, generator=random())
    after = updated(before, by_cell(now), STEP, random(), every_cell=True)
    torch.testing.assert_close(after, torch.maximum(DECAY * before, STEP * now))
    later = updated(before, by_cell(now), STEP, random(), every_cell=False)
    touched = later != before
    torch.testing.assert_close(later[touched], after[touched])
    assert 0.2 < touched.float().mean() < 0.5  # a quarter of all cells, and as many occupied ones


def test_occupied_is_what_is_above_the_mean_or_above_a_hundredth():
    low, high = torch.zeros(8), torch.zeros(8)
    low[:2], high[:3] = torch.tensor([0.004, 0.0005]), torch.tensor([5.0, 0.02, 0.009])
    assert occupied_cells(low).flatten().nonzero().flatten().tolist() == [0]  # the mean is 0.00056
    assert occupied_cells(high).flatten().nonzero().flatten().tolist() == [0, 1]


def test_points_of_a_cell_lie_in_it():
    cells = torch.arange(CELLS**3)
    points = in_cells(cells, CELLS, torch.rand(CELLS**3, 3, generator=random()))
    assert (cells_of(points) == cells).float().mean() > 0.999  # but for rounding at a border
