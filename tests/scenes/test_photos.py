"""Photo-like pictures: a function of model and seed, another camera than the views', the object in sight."""

import numpy as np
import pytest

from fieldlink.scenes import cameras, catalogue
from fieldlink.scenes.photos import backdrops, photo_like
from fieldlink.scenes.photos.backdrops import PhotoSetting


@pytest.fixture(scope="module")
def chair():
    return catalogue.make("chair", "a chair", 5).model


def test_a_photo_depends_on_its_seed_alone(chair):
    first, again, other = (photo_like.photo(chair, seed, 32) for seed in (1, 1, 2))
    assert first.shape == (32, 32, 3)
    assert (first == again).all()
    assert (first != other).any()


def test_the_object_shows_in_every_photo(chair, monkeypatch):
    shares = []

    def counted(*args):
        views = render(*args)
        shares.append((views.image[..., 3] > 0).mean())
        return views

    render = photo_like.render
    monkeypatch.setattr(photo_like, "render", counted)
    for seed in range(60):
        photo_like.photo(chair, seed, 32)
    assert min(shares) > 0.03
    assert np.mean(shares) > 0.1


def test_cameras_cover_other_elevations_and_angles_than_the_views():
    drawn_cameras = [photo_like._camera(np.random.default_rng(seed)) for seed in range(300)]
    elevation = np.rad2deg([np.arcsin(pose[1, 2]) for pose, _ in drawn_cameras])
    low, high = photo_like.ELEVATION
    assert low - 1 < elevation.min() < 10  # the views' are 20 to 30
    assert 35 < elevation.max() < high + 1
    angles = np.rad2deg([angle for _, angle in drawn_cameras])
    assert angles.min() >= photo_like.ANGLE[0]
    assert angles.max() <= photo_like.ANGLE[1]
    rotations = np.stack([pose[:, :3] for pose, _ in drawn_cameras])
    assert rotations.transpose(0, 2, 1) @ rotations == pytest.approx(np.broadcast_to(np.eye(3), (300, 3, 3)), abs=1e-5)


def test_the_floor_lies_where_rays_meet_it_and_never_above_the_horizon():
    pose = cameras.look_at_origin(np.zeros(1), np.full(1, 10.0), np.full(1, 2.0))[0]
    stage = PhotoSetting(pose, 0.8, 32, -0.5, np.zeros(2, np.float32), np.ones(2, np.float32))
    _, floor = backdrops._planes(stage, np.random.default_rng(0))
    _, directions = cameras.rays(pose[None], 0.8, 32, 32)
    on_floor = floor[..., 0] > 0
    assert on_floor.any()
    assert (directions[0][on_floor][:, 1] < 0).all()
    hit = pose[:, 3] + floor[on_floor][:, :1] * directions[0][on_floor]
    assert hit[:, 1] == pytest.approx(np.full(len(hit), -0.5), abs=1e-4)
    assert hit[:, [0, 2]] == pytest.approx(floor[on_floor][:, 1:], abs=1e-4)
