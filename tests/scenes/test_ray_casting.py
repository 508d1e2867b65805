"""Rendered views against closed forms: projected vertices, planes, spheres, Lambert's law."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from scenes.uniform_albedo import UniformAlbedo

from fieldlink.scenes import cameras
from fieldlink.scenes.meshes import Mesh
from fieldlink.scenes.ray_casting import Lighting, render

FLAT = Lighting(sun=(0.0, 0.0, 0.0), sky=(0.0, 0.0, 0.0), opposite=(0.0, 0.0, 0.0))
RESOLUTION = 64
POSES = cameras.disn_poses(3, views=5)


def model(mesh, colour=(0.8, 0.4, 0.2)):
    return Mesh(np.asarray(mesh.vertices, np.float32), np.asarray(mesh.faces), UniformAlbedo(colour))


def seen(mesh, poses=POSES, **options):
    return render(model(mesh), poses, cameras.DISN_ANGLE, RESOLUTION, **options)


def from_x(distance=2.0):
    return cameras.look_at_origin(np.zeros(1), np.zeros(1), np.array([distance]))


def test_the_area_of_a_spheres_silhouette_is_that_of_its_cone():
    """The tangent cone of half-angle asin(r/d) cuts the picture plane in a circle of radius f r / sqrt(d² - r²)."""
    views = seen(trimesh.creation.icosphere(5, 0.5), from_x())
    radius = cameras.focal(cameras.DISN_ANGLE, RESOLUTION) * 0.5 / np.sqrt(2.0**2 - 0.5**2)
    assert views.image[..., 3].sum() / 255 == pytest.approx(np.pi * radius**2, rel=0.01)


def test_depth_of_a_sphere_is_the_nearer_root_along_the_centre_ray():
    views = seen(trimesh.creation.icosphere(6, 0.5))
    origin, direction = cameras.rays(POSES.astype(np.float64), cameras.DISN_ANGLE, RESOLUTION, RESOLUTION)
    half = (origin[:, None, None] * direction).sum(axis=-1)
    root = half**2 - (origin**2).sum(axis=-1)[:, None, None] + 0.5**2
    well_inside = root > 0.02
    cosine = (direction * -POSES[:, None, None, :, 2]).sum(axis=-1)
    expected = (-half - np.sqrt(np.maximum(root, 0))) * cosine
    assert views.depth[well_inside] == pytest.approx(expected[well_inside], abs=1e-3)
    assert (views.depth[root < -0.02] == 0).all()


def test_depth_of_a_plane_that_faces_the_camera_is_its_distance_everywhere():
    views = seen(trimesh.creation.box((0.2, 4, 4)), from_x())
    assert views.depth == pytest.approx(np.full_like(views.depth, 1.9), abs=1e-5)
    assert (views.image[..., 3] == 255).all()


def test_a_vertex_lands_on_the_pixel_that_the_camera_says():
    tip = np.array([0.1, 0.4, -0.2])
    views = seen(trimesh.creation.icosphere(2, 0.03).apply_translation(tip))
    pixels, depth = cameras.project(tip[None], POSES, cameras.DISN_ANGLE, RESOLUTION, RESOLUTION)
    weight = views.image[..., 3] / views.image[..., 3].sum(axis=(1, 2), keepdims=True)
    at = np.arange(RESOLUTION) + 0.5
    centre = np.stack([(weight.sum(axis=1) * at).sum(axis=1), (weight.sum(axis=2) * at).sum(axis=1)], axis=1)
    assert centre == pytest.approx(pixels[:, 0], abs=0.1)
    column, row = np.floor(pixels[:, 0]).astype(int).T
    assert views.depth[np.arange(5), row, column] == pytest.approx(depth[:, 0], abs=0.035)


def test_a_view_is_the_same_whatever_is_rendered_with_it():
    mesh = trimesh.creation.annulus(0.2, 0.4, 0.3)
    joint, alone = seen(mesh), [seen(mesh, POSES[i : i + 1]) for i in range(5)]
    assert (joint.image == np.concatenate([views.image for views in alone])).all()
    assert (joint.depth == np.concatenate([views.depth for views in alone])).all()


def test_where_nothing_is_hit_there_is_neither_alpha_nor_colour_nor_depth():
    views = seen(trimesh.creation.annulus(0.2, 0.4, 0.3))
    nothing = views.image[..., 3] == 0
    assert nothing.any()
    assert (views.image[nothing] == 0).all()
    assert (views.depth[nothing] == 0).all()


def test_colours_at_the_silhouette_are_straight_not_premultiplied():
    """A wall of one colour under one light: half-covered pixels have the full colour too."""
    views = seen(trimesh.creation.box((0.001, 0.613, 0.613)), from_x())
    partly = (views.image[..., 3] > 0) & (views.image[..., 3] < 255)
    assert partly.any()
    assert (views.image[partly][:, :3] == views.image[0, 32, 32, :3]).all()


def test_light_follows_lamberts_law_on_both_sides_of_a_face():
    """A wall seen from +x, its normal towards the viewer whichever way its corners run: the sun stands 60° off."""
    sun = Lighting((0.5, np.sqrt(0.75), 0.0), sun=(1.0, 1.0, 1.0), sky=(0.3, 0.3, 0.3), opposite=(0.0, 0.0, 0.0))
    wall = np.array([[0, -1, -1], [0, -1, 1], [0, 1, 1], [0, 1, -1]], np.float32)
    for faces in ([[0, 1, 2], [0, 2, 3]], [[2, 1, 0], [3, 2, 0]]):
        views = render(Mesh(wall, np.array(faces), UniformAlbedo((0.8, 0.4, 0.2))), from_x(), 0.8, 8, sun)
        expected = 255 * np.array([0.8, 0.4, 0.2]) * (0.5 + 0.3 * 0.5)
        assert views.image[0, 4, 4, :3] == pytest.approx(expected, abs=1)


def test_without_light_an_object_is_black_but_there():
    views = seen(trimesh.creation.box((0.4, 0.4, 0.4)), lighting=FLAT)
    assert (views.image[..., :3] == 0).all()
    assert (views.image[..., 3] == 255).any()


def test_a_rod_thinner_than_a_pixel_has_no_gaps_wherever_it_runs_between_pixel_centres():
    """0.35 pixels wide, upright, beside a column of pixel centres: in every row its share of alpha, in fifths."""
    pixel = 2.0 / cameras.focal(cameras.DISN_ANGLE, RESOLUTION)
    rod = trimesh.creation.box((0.001, 1, 0.35 * pixel)).apply_translation([0, 0, 0.22 * pixel])
    alpha = seen(rod, from_x()).image[0, 20:44, :, 3].sum(axis=1) / 255
    assert alpha == pytest.approx(np.full(24, 0.35), abs=0.1)


class ByWall:
    """A value for each of two walls of two triangles."""

    def __init__(self, *values):
        self.values = np.array(values, np.float32)

    def __call__(self, points, face):
        return self.values[face // 2]


@pytest.mark.parametrize(("front", "depth"), [(0.4, 1.6), (0.6, 1.4), (0.0, 1.6), (1.0, 1.4)])
def test_what_lies_behind_a_clear_wall_is_mixed_in_by_its_share(front, depth):
    """Two walls that face the camera, at 1.4 and 1.6; the far one stops all light."""
    walls = [[[x, -2, -2], [x, -2, 2], [x, 2, 2], [x, 2, -2]] for x in (0.6, 0.4)]
    faces = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]])
    colours = ByWall((0.8, 0.2, 0.0), (0.0, 0.4, 0.6))
    clear = Mesh(np.array(walls, np.float32).reshape(-1, 3), faces, colours, ByWall(front, 1.0))
    light = Lighting((1.0, 0.0, 0.0), sun=(1.0, 1.0, 1.0), sky=(0.0, 0.0, 0.0), opposite=(0.0, 0.0, 0.0))
    views = render(clear, from_x(), 0.8, 8, light)
    mixed = front * colours.values[0] + (1 - front) * colours.values[1]
    assert views.image[0, 4, 4] == pytest.approx(255 * np.array([*mixed, 1]), abs=1)
    assert views.depth[0, 4, 4] == pytest.approx(depth, abs=1e-3)
    alone = replace(clear, faces=faces[:2])
    alpha = render(alone, from_x(), 0.8, 8, light).image[0, 4, 4]
    assert alpha == pytest.approx(255 * np.array([*(colours.values[0] * (front > 0)), front]), abs=1)
