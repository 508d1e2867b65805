"""Cameras of objects: those of their views, and rays through the centres of their pixels."""

import numpy as np
import pytest
import torch

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import VIEWS
from fieldlink.nerf.object_cameras import ObjectCameras, read_cameras
from fieldlink.scenes import cameras, views

PIXELS = 6
SIZES = {"a": 3, "b": 5, "c": 2}


@pytest.fixture(scope="module")
def poses() -> dict[str, np.ndarray]:
    return {name: cameras.disn_poses(seed, count) for seed, (name, count) in enumerate(SIZES.items())}


@pytest.fixture
def read(tmp_path, poses) -> ObjectCameras:
    images = {name: np.zeros((count, 8, 8, 4), np.uint8) for name, count in SIZES.items()}
    angles = {"a": 0.9, "b": 0.7, "c": 0.5}
    objects = {name: views.Views(images[name], poses[name], angles[name]) for name in SIZES}
    tables = [datasets.table(VIEWS, views.columns(*item)) for item in objects.items()]
    datasets.write(tmp_path / "views", VIEWS, tables, "test")
    with pytest.raises(InputError, match=r"views: no views of 1 NeRFs \(d\), expected their cameras"):
        read_cameras(tmp_path / "views", ["a", "d"])
    return read_cameras(tmp_path / "views", ["b", "c"])


def test_rays_go_from_the_objects_own_cameras_through_the_centres_of_any_pixel(read, poses):
    rays = read.take(torch.tensor([1, 0])).rays(4000, PIXELS, torch.Generator().manual_seed(0))
    for index, (name, angle) in enumerate({"c": 0.5, "b": 0.7}.items()):
        origins, directions = cameras.rays(poses[name], angle, PIXELS, PIXELS)
        expected = np.concatenate([np.repeat(origins, PIXELS**2, axis=0), directions.reshape(-1, 3)], axis=1)
        drawn = torch.cat([rays[0][index], rays[1][index]], dim=1).numpy()
        distance = np.abs(drawn[:, None] - expected[None]).max(-1)
        assert distance.min(1).max() < 1e-5
        counts = np.bincount(distance.argmin(1), minlength=len(expected))
        assert counts.min() > 0.3 * 4000 / len(expected)  # all cameras and pixels alike


def test_a_draw_depends_on_no_other_cameras_than_those_taken(read):
    assert read.counts.tolist() == [5, 2]
    alone = read.take(torch.tensor([0]))
    assert (alone.first.tolist(), alone.counts.tolist(), len(alone.poses)) == ([0], [5], 5)
    assert read.digest != alone.digest
