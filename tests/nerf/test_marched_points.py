"""Points marched along rays, against renders and dense compositing of the same rays."""

from functools import partial

import pytest
import torch

from fieldlink.core.params import FieldParams
from fieldlink.nerf import field
from fieldlink.nerf.compositing import composite
from fieldlink.nerf.marched_points import MarchedPoints, composite_marched, march_points
from fieldlink.nerf.rendering import march
from fieldlink.nerf.sampling import RaySegments, lookup

STEP = 0.03
SMOOTH = FieldParams(encoding="frequency", octaves=3, units=16, hidden_layers=2, outputs=5)


@pytest.fixture(scope="module")
def grids() -> torch.Tensor:
    grids = torch.zeros(2, 12, 12, 12, dtype=torch.bool)
    grids[0, 3:9, 4:8, 2:10] = True
    grids[0, 5:7] = False  # a gap
    grids[1, 2:4, 2:10, 2:10] = True
    return grids


@pytest.fixture(scope="module")
def rays() -> tuple[torch.Tensor, torch.Tensor]:
    """Rays from a sphere towards points of the box; some meet nothing."""
    random = torch.Generator().manual_seed(0)
    origins = 1.5 * torch.nn.functional.normalize(torch.randn(2, 40, 3, generator=random), dim=-1)
    towards = 1.4 * torch.rand(2, 40, 3, generator=random) - 0.7
    return origins, torch.nn.functional.normalize(towards - origins, dim=-1)


def test_marched_rays_are_composited_to_what_a_render_shows(grids, rays):
    weights = torch.stack([3 * field.xavier(SMOOTH, seed) for seed in (0, 1)])
    marched = march_points(*rays, grids, STEP)
    rgb, density = field.evaluate(weights, marched.points, SMOOTH)
    colour, opacity = composite_marched(rgb, density, marched)
    assert marched.whole.all()
    for nerf in range(2):
        segments = RaySegments.of(rays[0][nerf], rays[1][nerf], grids[nerf])
        assert 0 < (segments.length > 0).float().mean() < 1

        def field_at(points, vector=weights[nerf, None]):
            rgb, density = field.evaluate(vector, points[None], SMOOTH)
            return rgb[0], density[0]

        expected = march(field_at, segments, STEP)
        torch.testing.assert_close(colour[nerf], expected[0], atol=2e-4, rtol=0)  # a render stops at 1e-4 of the light
        torch.testing.assert_close(opacity[nerf], expected[1], atol=2e-4, rtol=0)


def test_a_render_evaluates_no_point_behind_a_rays_end(grids, rays):
    segments, points = RaySegments.of(rays[0][0], rays[1][0], grids[0]), []

    def field_at(positions):
        points.append(len(positions))
        return torch.zeros_like(positions), torch.zeros(len(positions))

    march(field_at, segments, STEP)  # an empty field stops no ray
    assert sum(points) == int((segments.length / STEP).ceil().sum())


def test_points_lie_a_step_apart_in_occupied_cells_and_all_of_a_ray_move_by_its_shift(grids, rays):
    shift = torch.rand(2, 40, generator=torch.Generator().manual_seed(1))
    plain, moved = march_points(*rays, grids, STEP), march_points(*rays, grids, STEP, shift)
    for marched in (plain, moved):
        for nerf in range(2):
            inside = lookup(grids[nerf], marched.points[nerf, marched.lengths[nerf] > 0])
            assert inside.float().mean() > 0.9  # a stretch is cut at cells by its middle
            assert (marched.ray[nerf].diff() >= 0).all()
    for ray in range(40):
        in_moved = (moved.ray[0] == ray) & (moved.lengths[0] == STEP)
        in_plain = (plain.ray[0] == ray) & (plain.lengths[0] == STEP)
        if in_plain.sum() and in_moved.sum() and (grids[0].sum() and ray):
            first = [
                (points[0, of] - rays[0][0, ray]).norm(dim=-1)[0]
                for points, of in ((moved.points, in_moved), (plain.points, in_plain))
            ]
            assert first[0] - first[1] == pytest.approx(STEP * float(shift[0, ray]), abs=1e-5)


def test_points_beyond_the_most_are_left_out_and_their_rays_are_not_whole(grids, rays):
    all_points = march_points(*rays, grids, STEP)
    first_points = march_points(*rays, grids, STEP, most=30)
    assert torch.equal(first_points.points, all_points.points[:, :30])
    counts = [torch.bincount(all_points.ray[nerf, all_points.lengths[nerf] > 0], minlength=40) for nerf in range(2)]
    expected = torch.stack([count.cumsum(0) <= 30 for count in counts])
    assert torch.equal(first_points.whole, expected)
    assert not first_points.whole.all()


def test_packed_rays_are_composited_as_side_by_side_with_gradients_whatever_the_rays_before_hold():
    random = torch.Generator().manual_seed(3)
    counts, rays = torch.tensor([4, 0, 7, 1]), 4
    ray = torch.repeat_interleave(torch.arange(rays), counts)[None]
    rgb = torch.rand(1, 12, 3, generator=random, requires_grad=True)
    density = torch.exp(3 * torch.randn(1, 12, generator=random)).requires_grad_()
    with torch.no_grad():
        density[0, 2] = 1e30  # opaque, and no end of it
    lengths = 0.1 * torch.rand(1, 12, generator=random)
    marched = MarchedPoints(torch.zeros(1, 12, 3), lengths, ray, torch.ones(1, rays, dtype=torch.bool))
    colour, opacity = composite_marched(rgb, density, marched)
    wide = torch.zeros(rays, 7, dtype=torch.bool)
    for number, count in enumerate(counts):
        wide[number, :count] = True

    def dense(values: torch.Tensor) -> torch.Tensor:
        return torch.zeros(rays, 7, *values.shape[2:]).masked_scatter(
            wide.view(rays, 7, *[1] * (values.ndim - 2)).expand(rays, 7, *values.shape[2:]), values[0]
        )

    ends = dense(lengths).cumsum(1)
    expected = composite(dense(rgb), dense(density), ends - dense(lengths), ends)
    torch.testing.assert_close((colour[0], opacity[0]), expected, atol=1e-6, rtol=1e-5)
    total = partial(torch.autograd.grad, inputs=(rgb, density))
    ours, theirs = (
        total(colour.square().sum() + opacity.sum()),
        total(expected[0].square().sum() + expected[1].sum()),
    )
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)


def test_rays_through_empty_grids_have_no_points_and_show_nothing(rays):
    marched = march_points(*rays, torch.zeros(2, 4, 4, 4, dtype=torch.bool), STEP)
    colour, opacity = composite_marched(marched.points, marched.lengths, marched)
    assert marched.lengths.shape == (2, 0)
    assert not colour.any()
    assert not opacity.any()
