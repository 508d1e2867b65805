import math

import numpy as np
import pytest
import torch

from fieldlink.nerf import compositing, sampling
from fieldlink.nerf.field import HALF


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


def rays(random, count=40):
    """From a sphere around the box towards points in it."""
    origins = torch.nn.functional.normalize(torch.randn(count, 3, generator=random), dim=-1) * 1.6
    targets = 0.8 * torch.rand(count, 3, generator=random) - 0.4
    return origins, torch.nn.functional.normalize(targets - origins, dim=-1)


@pytest.mark.parametrize("density", [0.0, 0.5, 7.0, 1e4])
def test_constant_density_over_a_length_is_opaque_to_one_minus_exp_of_their_product(density):
    edges = torch.linspace(0.2, 1.1, 14)[None]
    rgb = torch.tensor([0.2, 0.5, 0.9]).expand(1, 13, 3)
    colour, opacity = compositing.composite(rgb, torch.full((1, 13), density), edges[:, :-1], edges[:, 1:])
    expected = 1 - math.exp(-density * 0.9)
    assert opacity.item() == pytest.approx(expected, abs=1e-6)
    np.testing.assert_allclose(colour[0].numpy(), expected * rgb[0, 0].numpy(), atol=1e-6)


def test_composite_equals_a_float64_loop_front_to_back_for_any_leading_axes(random):
    rgb, density = torch.rand(2, 3, 9, 3, generator=random), 30 * torch.rand(2, 3, 9, generator=random)
    edges = torch.rand(2, 3, 10, generator=random).cumsum(-1) / 10
    colour, opacity = compositing.composite(rgb, density, edges[..., :-1], edges[..., 1:])
    for at in np.ndindex(2, 3):
        through, seen = 1.0, np.zeros(3)
        for sample in range(9):
            delta = edges[at][sample + 1].item() - edges[at][sample].item()
            alpha = 1 - math.exp(-density[at][sample].item() * delta)
            seen += through * alpha * rgb[at][sample].double().numpy()
            through *= 1 - alpha
        np.testing.assert_allclose(colour[at].numpy(), seen, atol=1e-5)
        assert opacity[at].item() == pytest.approx(1 - through, abs=1e-5)


def test_a_background_shows_through_by_what_is_not_opaque():
    colour, opacity = torch.tensor([[0.3, 0.0, 0.1]]), torch.tensor([0.75])
    seen = compositing.over(colour, opacity, torch.tensor([1.0, 0.4, 0.0]))
    torch.testing.assert_close(seen, torch.tensor([[0.55, 0.1, 0.1]]))


def test_gradients_through_opaque_and_empty_samples_are_finite():
    density = torch.tensor([[0.0, 1e30, 5.0, 0.0]]).requires_grad_()
    rgb = torch.rand(1, 4, 3).requires_grad_()
    edges = torch.tensor([[0.0, 0.1, 0.2, 0.2, 0.3]])
    colour, opacity = compositing.composite(rgb, density, edges[:, :-1], edges[:, 1:])
    (colour.sum() + opacity.sum()).backward()
    assert density.grad is not None
    assert rgb.grad is not None
    assert density.grad.isfinite().all()
    assert rgb.grad.isfinite().all()


def test_a_ray_along_an_axis_crosses_the_whole_box():
    near, far = sampling.box_distances(torch.tensor([[0.0, 0.1, 2.0]]), torch.tensor([[0.0, 0.0, -1.0]]))
    torch.testing.assert_close((near, far), (torch.tensor([2 - HALF]), torch.tensor([2 + HALF])))


def test_a_ray_that_misses_the_box_has_no_length_and_one_that_starts_inside_starts_there():
    origins, directions = torch.tensor([[0.0, 2.0, 2.0], [0.0, 0.0, 0.0]]), torch.tensor([[0.0, 0.0, -1.0]] * 2)
    near, far = sampling.box_distances(origins, directions)
    assert near[0] == far[0]
    torch.testing.assert_close((near[1], far[1]), (torch.tensor(0.0), torch.tensor(HALF)))


def test_bounds_hold_the_occupied_cells_and_nothing_else():
    occupancy = torch.zeros(10, 10, 10, dtype=torch.bool)
    occupancy[2, 5, 9] = occupancy[4, 5, 0] = True
    low, high = sampling.occupied_bounds(occupancy)
    torch.testing.assert_close(low, torch.tensor([2, 5, 0]) * 0.14 - HALF)
    torch.testing.assert_close(high, torch.tensor([5, 6, 10]) * 0.14 - HALF)


def test_samples_in_a_full_box_are_those_of_the_plain_ray(random):
    origins, directions = rays(random)
    full = torch.ones(8, 8, 8, dtype=torch.bool)
    points, starts, ends = sampling.samples(origins, directions, full, 16, torch.full((1, 1), 0.5))
    near, far = sampling.box_distances(origins, directions)
    middles = near[:, None] + (far - near)[:, None] * (torch.arange(16) + 0.5) / 16
    torch.testing.assert_close(points, origins[:, None] + middles[..., None] * directions[:, None])
    torch.testing.assert_close((ends - starts).sum(1), far - near)


def test_samples_lie_in_occupied_cells_and_their_lengths_add_up_to_the_occupied_part(random):
    origins, directions = rays(random)
    occupancy = torch.rand(6, 6, 6, generator=random) < 0.3
    jitter = torch.rand(len(origins), 24, generator=random)
    points, starts, ends = sampling.samples(origins, directions, occupancy, 24, jitter, steps=1024)
    hits = (ends - starts).sum(1) > 0
    assert sampling.lookup(occupancy, points[hits]).float().mean() > 0.98  # a stretch may reach over a cell's wall
    places = torch.linspace(0, 3, 3001)
    along = origins[:, None] + places[:, None] * directions[:, None]
    inside = sampling.lookup(occupancy, along) & (along.abs() < HALF).all(-1)
    torch.testing.assert_close((ends - starts).sum(1), inside.float().mean(1) * 3, atol=0.02, rtol=0)


def test_a_ray_through_empty_space_has_intervals_of_no_length(random):
    origins, directions = rays(random)
    empty = torch.zeros(4, 4, 4, dtype=torch.bool)
    points, starts, ends = sampling.samples(origins, directions, empty, 5, torch.full((1, 1), 0.5))
    assert points.isfinite().all()
    assert torch.equal(starts, ends)


def test_lookup_finds_the_cell_that_holds_a_point():
    occupancy = torch.zeros(4, 4, 4, dtype=torch.bool)
    occupancy[3, 0, 2] = True
    points = torch.tensor([[0.69, -0.69, 0.1], [0.69, -0.69, -0.1], [0.3, -0.69, 0.1], [0.36, -0.36, 0.34]])
    assert sampling.lookup(occupancy, points).tolist() == [True, False, False, True]


def test_rays_of_many_grids_are_sampled_as_those_of_each(random):
    grids = torch.rand(3, 12, 12, 12, generator=random) < torch.tensor([0.1, 0.5, 0.0])[:, None, None, None]
    origins = 2 * torch.nn.functional.normalize(torch.randn(3, 40, 3, generator=random), dim=-1)
    directions = torch.nn.functional.normalize(0.3 * torch.randn(3, 40, 3, generator=random) - origins, dim=-1)
    jitter = torch.rand(3, 40, 7, generator=random)
    batched = sampling.samples(origins, directions, grids, 7, jitter)
    for one in range(3):
        alone = sampling.samples(origins[one], directions[one], grids[one], 7, jitter[one])
        assert all(torch.equal(a[one], b) for a, b in zip(batched, alone, strict=True))
    assert batched[2][0].sum() > 0


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize(("cells", "margin"), [(48, 0), (96, 0), (48, 9), (96, 17)])
def test_a_wall_one_cell_thick_is_found_from_wherever_it_is_looked_at(random, axis, cells, margin):
    """With something at two far corners; `margin`: cells around them, where rays need fewer stretches."""
    occupancy = torch.zeros(cells, cells, cells, dtype=torch.bool)
    inner = slice(margin, cells - margin)
    occupancy[(margin,) * 3] = occupancy[(cells - margin - 1,) * 3] = True
    wall = 2 * cells // 3
    occupancy[inner, inner, inner].movedim(axis, 0)[wall - margin] = True
    origins, directions = rays(random, 4000)
    faces = torch.tensor([wall, wall + 1])[:, None] * (2 * HALF / cells) - HALF
    along = (faces - origins[:, axis]) / directions[:, axis]
    half = HALF * (1 - 2 * margin / cells)
    through = ((origins + along[..., None] * directions).abs() < half + 1e-6).all(-1).all(0)
    assert through.sum() > 400
    bounds = sampling.occupied_bounds(occupancy)
    steps = sampling.steps_within(bounds, cells)
    assert steps == cells - 2 * margin
    assert (sampling.RaySegments.of(origins, directions, occupancy, steps, bounds).length[through] > 0).all()


def test_stretches_in_coarse_grids_stay_as_short_as_in_the_whole_box():
    occupancy = torch.zeros(8, 8, 8, dtype=torch.bool)
    assert sampling.steps_within(sampling.occupied_bounds(occupancy), 8) == 1
    occupancy[2:5, 3, 3] = True
    assert sampling.steps_within(sampling.occupied_bounds(occupancy), 8) == 3 * sampling.MIN_STEPS // 8
