"""Procedural translation: the silhouette stays, the light goes, and nothing but view and seed matters."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import binary_dilation, binary_erosion
from syn2real.shapes import COLOUR, box, seen, sphere

from fieldlink.scenes import cameras, catalogue, pictures
from fieldlink.scenes.photos import appearance
from fieldlink.scenes.ray_casting import STUDIO, render
from fieldlink.scenes.views import Views
from fieldlink.syn2real import procedural
from fieldlink.syn2real.surfaces import Surface

BLUR = 4  # pixels: how far the lens spreads a point at 64 pixels


@pytest.fixture(scope="module")
def chair() -> Views:
    model = catalogue.make("chair", "a chair", 5).model
    return render(model, cameras.disn_poses(1, 4), cameras.DISN_ANGLE, 64)


@pytest.fixture
def plain_lens(monkeypatch):
    monkeypatch.setattr(
        appearance, "_developed", lambda picture, _: np.clip(255 * picture + 0.5, 0, 255).astype(np.uint8)
    )


def translated(views: Views, seed: int = 0) -> np.ndarray:
    surfaces = [Surface.of(d, p, views.camera_angle_x) for d, p in zip(views.depth, views.camera_to_world, strict=True)]
    arguments = zip(views.image, surfaces, views.camera_to_world, strict=True)
    return np.stack([procedural.translate(image, s, pose, views.camera_angle_x, seed) for image, s, pose in arguments])


def before(monkeypatch, level: float) -> None:
    monkeypatch.setattr(
        appearance, "backdrop", lambda stage, _: np.full((stage.resolution,) * 2 + (3,), level, np.float32)
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_silhouette_between_a_black_and_a_white_backdrop_is_the_views_alpha(chair, monkeypatch, plain_lens, seed):
    before(monkeypatch, 0.0)
    black = translated(chair, seed).astype(int)
    before(monkeypatch, 1.0)
    white = translated(chair, seed).astype(int)
    alpha = 255 - (white - black)
    assert np.abs(alpha - chair.image[..., 3:]).max() <= 1


def test_another_colour_changes_the_picture_inside_the_silhouette_and_nowhere_else(chair):
    painted = chair.image.copy()
    painted[..., :3] = 255 - painted[..., :3]
    first, second = translated(chair).astype(int), translated(replace(chair, image=painted)).astype(int)
    changed = (first != second).any(axis=-1)
    for alpha, differs in zip(chair.image[..., 3], changed, strict=True):
        assert not differs[~binary_dilation(alpha > 0, iterations=2 * BLUR)].any()
        inside = binary_erosion(alpha == 255)
        assert differs[inside].mean() > 0.95


@pytest.mark.parametrize("mesh", [box(), sphere(0.4)], ids=["box", "sphere"])
def test_the_paint_is_told_from_the_light_that_fell_on_it(mesh):
    views = seen(mesh)
    for image, depth, pose in zip(views.image, views.depth, views.camera_to_world, strict=True):
        surface = Surface.of(depth, pose, views.camera_angle_x)
        inside = binary_erosion(image[..., 3] == 255, iterations=2)
        error = np.abs(procedural.unlit(image, surface) - COLOUR)[inside]
        assert np.median(error) < 0.01
        assert np.quantile(error, 0.95) < 0.05


def test_under_the_views_own_light_an_object_looks_as_it_did(chair, monkeypatch, plain_lens):
    monkeypatch.setattr(appearance, "random_light", lambda _: STUDIO)
    monkeypatch.setattr(appearance, "repainted_albedo", lambda albedo, _: albedo)
    before(monkeypatch, 0.0)
    differences = np.abs(translated(chair).astype(int) - pictures.on_black(chair.image))
    assert differences.mean() < 1
    assert np.quantile(differences, 0.99) <= 8


def test_a_translation_depends_on_its_seed(chair):
    first, again, other = translated(chair, 1), translated(chair, 1), translated(chair, 2)
    assert first.dtype == np.uint8
    assert (first == again).all()
    assert (first != other).any(axis=(1, 2, 3)).all()
