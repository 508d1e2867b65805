"""Copies keep their object's identity: stretched within bounds, turned about the up axis, recoloured."""

import colorsys

import numpy as np
import pytest

from fieldlink.scenes import augmentation, cameras, catalogue
from fieldlink.scenes.views import Views


def test_a_copy_of_a_model_is_normalised_and_stretched_no_more_than_it_may():
    model = catalogue.make("chair", "a chair", 3).model
    ratios = []
    for seed in range(20):
        copy = augmentation.copy_of_model(model, seed)
        low, high = copy.vertices.min(axis=0), copy.vertices.max(axis=0)
        assert np.linalg.norm(high - low) == pytest.approx(1, abs=1e-5)
        assert low + high == pytest.approx(np.zeros(3), abs=1e-5)
        linear = np.linalg.lstsq(model.vertices, copy.vertices, rcond=None)[0]
        stretch = np.linalg.svd(linear, compute_uv=False)
        ratios.append(stretch.max() / stretch.min())
    assert max(ratios) < 1.15 / 0.85 + 1e-3
    assert min(ratios) > 1
    assert len(set(ratios)) == 20


def test_the_colour_shift_turns_the_hue_and_leaves_grey_alone():
    matrix = augmentation.colour_shift(120.0, 1.0, 1.0)
    assert matrix @ [1, 0, 0] == pytest.approx([0, 1, 0], abs=1e-6)  # red to green
    assert augmentation.colour_shift(57.0, 0.8, 1.0) @ [0.4, 0.4, 0.4] == pytest.approx([0.4] * 3)
    assert augmentation.colour_shift(57.0, 0.8, 0.5) @ [0.4, 0.4, 0.4] == pytest.approx([0.2] * 3)
    hue = colorsys.rgb_to_hsv(*(augmentation.colour_shift(60.0, 1.0, 1.0) @ [0.6, 0.3, 0.3]))[0]
    assert hue == pytest.approx(60 / 360, abs=1e-5)


def test_a_copy_of_views_turns_all_cameras_alike_about_the_up_axis_and_keeps_the_silhouettes():
    image = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 4), np.uint8)
    views = Views(image, cameras.disn_poses(0, 4), 0.8)
    copy = augmentation.copy_of_views(views, seed=1)
    turn = copy.camera_to_world[:, :, :3] @ views.camera_to_world[:, :, :3].transpose(0, 2, 1)
    assert turn == pytest.approx(np.broadcast_to(turn[:1], turn.shape), abs=1e-5)
    assert turn[0] @ [0, 1, 0] == pytest.approx([0, 1, 0], abs=1e-6)
    assert copy.camera_to_world[:, :, 3] == pytest.approx(views.camera_to_world[:, :, 3] @ turn[0].T, abs=1e-5)
    assert (copy.image[..., 3] == image[..., 3]).all()
    assert (copy.image[..., :3] != image[..., :3]).any()
