import numpy as np
import pytest
import torch

from fieldlink.nerf import field
from fieldlink.nerf.compositing import composite
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.rendering import Camera, render, visible_pixels
from fieldlink.nerf.sampling import box_distances, lookup
from fieldlink.scenes import cameras

CAMERA = Camera(cameras.DISN_ANGLE, 20, 14)


@pytest.fixture
def poses():
    return cameras.disn_poses(0, 3)


@pytest.fixture
def blob():
    """Cells within 0.3 of the origin, and one far off."""
    axis = (torch.arange(32) + 0.5) * 1.4 / 32 - 0.7
    grid = sum(part**2 for part in torch.meshgrid(axis, axis, axis, indexing="ij")) < 0.09
    grid[30, 30, 30] = True
    return grid


def every_ray(poses):
    origins, directions = cameras.rays(poses, CAMERA.angle, CAMERA.width, CAMERA.height)
    directions = torch.from_numpy(directions).flatten(1, 2)
    return torch.from_numpy(origins)[:, None].expand_as(directions).reshape(-1, 3), directions.reshape(-1, 3)


def densely(weights, grid, poses, architecture, count=512):
    """Every ray through the whole box, empty cells set to density zero."""
    origins, directions = every_ray(poses)
    near, far = box_distances(origins, directions)
    edges = near[:, None] + (far - near)[:, None] * torch.linspace(0, 1, count + 1)
    points = origins[:, None] + ((edges[:, 1:] + edges[:, :-1]) / 2)[..., None] * directions[:, None]
    rgb, density = field.evaluate(weights[None], points.view(1, -1, 3), architecture)
    density = density.view(len(origins), count) * lookup(grid, points)
    return composite(rgb.view(len(origins), count, 3), density, edges[:, :-1], edges[:, 1:])


def test_a_culled_rendering_equals_the_dense_one_by_40_db(fitted, small, poses):
    weights, grid = torch.from_numpy(fitted.weights), unpack(fitted.occupancy)
    colour, opacity = render(weights, grid, poses, CAMERA, small.rendering, small.field)
    dense, solid = densely(weights, grid, poses, small.field)
    assert opacity.max() > 0.95
    assert (colour.reshape(-1, 3) - dense).square().mean() < 1e-4
    assert (opacity.reshape(-1) - solid).square().mean() < 1e-4


def test_one_view_looks_the_same_alone_and_among_others(fitted, small, poses):
    weights, grid = torch.from_numpy(fitted.weights), unpack(fitted.occupancy)
    batched, _ = render(weights, grid, poses, CAMERA, small.rendering, small.field)
    alone, _ = render(weights, grid, poses[1:2], CAMERA, small.rendering, small.field)
    torch.testing.assert_close(batched[1], alone[0], atol=1e-5, rtol=1e-4)


def test_pixels_said_to_see_nothing_meet_no_occupied_cell(blob, poses):
    visible = visible_pixels(blob, poses, CAMERA).reshape(-1)
    origins, directions = every_ray(poses)
    points = origins[:, None] + torch.linspace(0, 3, 2000)[:, None] * directions[:, None]
    meets = (lookup(blob, points) & (points.abs() < field.HALF).all(-1)).any(1)
    assert not (meets & ~visible).any()
    assert visible.float().mean() < 0.9


def test_a_camera_inside_the_box_may_see_anything(blob):
    pose = np.concatenate([np.eye(3), np.zeros((3, 1))], axis=1)[None].astype(np.float32)
    assert visible_pixels(blob, pose, CAMERA).all()


def test_an_empty_grid_renders_as_black(params, poses):
    weights = field.xavier(params.nerf.field, 0)
    empty = torch.zeros(8, 8, 8, dtype=torch.bool)
    colour, opacity = render(weights, empty, poses, CAMERA, params.nerf.rendering, params.nerf.field)
    assert colour.shape == (3, 14, 20, 3)
    assert not colour.any()
    assert not opacity.any()
