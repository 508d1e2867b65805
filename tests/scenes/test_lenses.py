"""Pictures of real lenses as one ideal camera sees them: a disc seen by the lens becomes the ideal camera's disc."""

import numpy as np
import pytest

from fieldlink.core.errors import InputError
from fieldlink.scenes.lenses import Lens, ideal_views


def lens_of(width: int, height: int, *numbers: float, radial=(0.0,) * 4, tangential=(0.0, 0.0)) -> Lens:
    return Lens(width, height, *map(float, numbers), radial, tangential)


LENSES = {
    "off-centre": lens_of(120, 90, 100, 100, 70, 40),
    "unequal": lens_of(120, 90, 100, 80, 60, 45),
    "barrel": lens_of(120, 90, 100, 100, 60, 45, radial=(-0.2, 0.03, 0.0, 0.0)),
    "all": lens_of(120, 90, 110, 100, 65, 42, radial=(0.1, -0.05, 0.01, 0.001), tangential=(0.01, -0.02)),
}


def disc(width: int, height: int, plane: np.ndarray) -> np.ndarray:
    """Red where the plane's point lies within 0.2 of (0.05, 0.02)."""
    inside = np.hypot(plane[..., 0] - 0.05, plane[..., 1] - 0.02) < 0.2
    picture = np.zeros((height, width, 4), np.uint8)
    picture[inside] = [200, 40, 40, 255]
    return picture


def pixel_centres(width: int, height: int) -> np.ndarray:
    return np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)


def seen_by(lens: Lens) -> np.ndarray:
    plane = lens.plane(pixel_centres(lens.width, lens.height).reshape(-1, 2)).reshape(lens.height, lens.width, 2)
    return disc(lens.width, lens.height, plane)


@pytest.mark.parametrize("name", LENSES)
def test_the_plane_and_its_pixels_are_inverse(name):
    lens = LENSES[name]
    pixels = pixel_centres(lens.width, lens.height).reshape(-1, 2)
    assert lens.pixels(lens.plane(pixels)) == pytest.approx(pixels, abs=1e-2)


def test_distortion_is_opencvs_formula_at_a_point():
    lens = lens_of(100, 100, 1, 1, 0, 0, radial=(0.1, 0.2, 0.3, 0.4), tangential=(0.01, 0.02))
    x, y = 0.3, -0.4  # r² = 0.25
    scale = 1 + 0.1 * 0.25 + 0.2 * 0.0625 + 0.3 * 0.015625 + 0.4 * 0.00390625
    expected = [x * scale + 2 * 0.01 * x * y + 0.02 * (0.25 + 2 * x * x), y * scale + 0.01 * (0.25 + 2 * y * y)]
    expected[1] += 2 * 0.02 * x * y
    assert lens.pixels(np.array([x, y])) == pytest.approx(expected)


@pytest.mark.parametrize("name", LENSES)
def test_a_disc_through_a_lens_is_the_disc_of_the_ideal_camera(name):
    lens = LENSES[name]
    (image,), angle = ideal_views([seen_by(lens)], [lens], ["view 0"])
    height, width = image.shape[:2]
    plane = (pixel_centres(width, height) - [width / 2, height / 2]) / (width / 2 / np.tan(angle / 2))
    expected, solid = disc(width, height, plane), image[..., 3] > 127
    both, either = solid & (expected[..., 3] > 0), solid | (expected[..., 3] > 0)
    assert both.sum() / either.sum() > 0.96
    assert (image[..., :3][image[..., 3] > 0].astype(int) - [200, 40, 40] <= 1).all()


def test_views_of_several_cameras_have_one_afterwards():
    lenses = [lens_of(120, 90, 100, 100, 60, 45), lens_of(60, 45, 60, 60, 30, 22.5)]
    images, _ = ideal_views([seen_by(lens) for lens in lenses], lenses, ["view 0", "view 1"])
    first, second = images[..., 3] > 127
    assert (first & second).sum() / (first | second).sum() > 0.93


def test_pictures_of_one_ideal_camera_stay_as_they_are():
    lens = lens_of(120, 90, 100, 100, 60, 45)
    picture = seen_by(lens)
    images, angle = ideal_views([picture, picture], [lens, lens], ["view 0", "view 1"])
    assert (images == picture).all()
    assert angle == pytest.approx(2 * np.arctan(0.6))


def test_a_silhouette_that_an_off_centre_picture_cuts_is_refused_by_view_and_keys():
    lens = lens_of(120, 90, 100, 100, 105, 40)  # the disc reaches past the right edge, the ideal picture beyond that
    with pytest.raises(InputError, match=r"view 0 \(cx, cy\): the silhouette is cut by the picture's edge"):
        ideal_views([seen_by(lens)], [lens], ["view 0"])


def test_distortion_that_folds_the_picture_over_is_refused_by_its_keys():
    lens = lens_of(120, 90, 40, 40, 60, 45, radial=(-0.5, 0.0, 0.0, 0.0))
    with pytest.raises(InputError, match=r"view 0 \(k1\): this distortion folds"):
        ideal_views([np.zeros((90, 120, 4), np.uint8)], [lens], ["view 0"])
