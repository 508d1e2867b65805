"""Points and normals from depth maps against closed forms."""

import numpy as np
import pytest
from syn2real.shapes import box, seen, sphere

from fieldlink.syn2real.surfaces import Surface


def surfaces(mesh):
    views = seen(mesh)
    return [
        (Surface.of(depth, pose, views.camera_angle_x), pose)
        for depth, pose in zip(views.depth, views.camera_to_world, strict=True)
    ]


def test_points_of_a_sphere_lie_on_it_and_normals_point_out():
    for surface, pose in surfaces(sphere(0.4)):
        points, normals = surface.points[surface.hit], surface.normals[surface.hit]
        assert np.linalg.norm(points, axis=1) == pytest.approx(np.full(len(points), 0.4), abs=2e-3)
        facing = (points / 0.4 * (pose[:, 3] - points)).sum(axis=1)
        cosine = (normals * points / 0.4).sum(axis=1)[facing > 0.3]
        assert cosine.min() > 0.98
        assert len(cosine) > 300


def test_normals_of_a_box_are_those_of_its_faces_but_for_some_at_edges():
    for surface, _ in surfaces(box()):
        normals = np.abs(surface.normals[surface.hit])
        assert np.mean(normals.max(axis=1) > 0.999) > 0.9


def test_normals_have_length_1_and_face_the_camera_everywhere():
    for surface, pose in surfaces(box()):
        assert np.linalg.norm(surface.normals, axis=-1) == pytest.approx(np.ones((64, 64)), abs=1e-5)
        towards = pose[:, 3] - surface.points
        assert (((surface.normals * towards).sum(-1) >= 0)[surface.hit]).all()


def test_a_single_pixel_has_the_normal_of_a_plane_that_faces_the_camera():
    depth, pose = np.zeros((8, 8), np.float32), np.eye(3, 4, dtype=np.float32)
    depth[3, 3] = 1.5
    surface = Surface.of(depth, pose, 0.8)
    assert surface.normals[3, 3].tolist() == [0, 0, 1]
    assert (surface.points == surface.points[3, 3]).all()  # the nearest pixel that meets something
