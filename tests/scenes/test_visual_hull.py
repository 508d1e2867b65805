"""The visual hull holds the object and little more."""

import numpy as np
import pytest

from fieldlink.core.errors import InputError
from fieldlink.scenes import cameras, visual_hull
from fieldlink.scenes.views import Views

CELLS, HALF = 48, 0.7


def sphere_views(centre: np.ndarray, radius: float, resolution: int, seed: int) -> Views:
    """Masks of a sphere from the closed form: a ray hits if it passes the centre nearer than the radius."""
    poses = cameras.disn_poses(seed)
    origins, directions = cameras.rays(poses, cameras.DISN_ANGLE, resolution, resolution)
    away = np.cross(directions, (centre - origins)[:, None, None])
    image = np.zeros((len(poses), resolution, resolution, 4), np.uint8)
    image[np.linalg.norm(away, axis=-1) < radius] = 255
    return Views(image, poses, cameras.DISN_ANGLE)


@pytest.mark.parametrize("resolution", [64, 224])
@pytest.mark.parametrize("radius", [0.05, 0.2, 0.35])
def test_the_hull_holds_all_of_a_sphere_and_at_most_a_cell_more(resolution, radius):
    centre = np.random.default_rng(1).uniform(-0.1, 0.1, 3).astype(np.float32)
    carved = visual_hull.carve(sphere_views(centre, radius, resolution, seed=2), CELLS, HALF)
    cell = 2 * HALF / CELLS
    away = np.linalg.norm(visual_hull.centres(CELLS, HALF, np.arange(CELLS**3)) - centre, axis=1)
    assert carved.ravel()[away < radius + cell / 4].all()
    assert np.cbrt(carved.sum() * cell**3 * 3 / (4 * np.pi)) < radius + cell


@pytest.mark.parametrize("cut", [False, True])
def test_cells_outside_the_frame_are_kept_only_where_the_frame_cuts_the_silhouette(cut):
    views = sphere_views(np.zeros(3, np.float32), 0.1, 64, seed=0)
    views.image[0, 0, 0] = 255 * cut
    first = Views(views.image[:1], views.camera_to_world[:1], views.camera_angle_x)
    cells = visual_hull.centres(CELLS, HALF, np.arange(CELLS**3))
    pixels, depth = cameras.project(cells, first.camera_to_world, first.camera_angle_x, 64, 64)
    outside = (depth[0] > 0.1) & ((pixels[0] < 0) | (pixels[0] >= 64)).any(axis=1)
    assert outside.any()
    assert (visual_hull.carve(first, CELLS, HALF).ravel()[outside] == cut).all()


def test_bounds_are_the_corners_of_the_outermost_cells():
    cells = np.zeros((4, 4, 4), bool)
    cells[1, 2, 0] = cells[2, 2, 3] = True
    np.testing.assert_allclose(visual_hull.bounds(cells, half=2.0), [[-1, 0, -2], [1, 1, 2]])


def test_a_view_that_shows_nothing_is_named():
    views = sphere_views(np.zeros(3, np.float32), 0.1, 16, seed=0)
    views.image[7] = 0
    with pytest.raises(InputError, match="view 7 shows nothing"):
        visual_hull.carve(views, CELLS, HALF)
