"""Depth maps as ShapeNetRenders stores them: values, and the choice of views, computed by hand."""

import numpy as np
import pytest

from fieldlink.syn2real.depth_control import closeness, control_image, largest_silhouettes


def depths(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_closeness_is_the_inverted_8_bit_map_and_0_where_nothing_is():
    """255 − round(255·1.4·(z − 0.7)): at z = 1 that is 255 − 107.1; from z = 0.7 + 1/1.4 = 1.414 on it is 0."""
    brightness = closeness(depths(0.0, 0.5, 0.7, 1.0, 1.2, 1.4143, 2.0)[None])[0]
    assert brightness.tolist() == [0, 255, 255, 148, 76, 0, 0]


def test_views_of_the_largest_and_nearest_silhouettes_are_chosen_in_their_order():
    """Sums by hand: 148, 3·76 = 228, 255, 2·148 = 296, 255."""
    views = np.stack([depths(*row)[None] for row in ((1, 0, 0), (1.2,) * 3, (0.7, 0, 0), (1, 1, 0), (0, 0.6, 2))])
    assert closeness(views).sum((1, 2)).tolist() == [148, 228, 255, 296, 255]
    assert largest_silhouettes(views, 2).tolist() == [2, 3]  # of two equal ones the first
    assert largest_silhouettes(views, 3).tolist() == [2, 3, 4]
    assert largest_silhouettes(views, 9).tolist() == [0, 1, 2, 3, 4]


def test_a_sum_of_many_pixels_does_not_overflow():
    near, nearer = np.full((300, 300), 0.9, np.float32), np.full((300, 300), 0.8, np.float32)
    assert largest_silhouettes(np.stack([near, nearer]), 1).tolist() == [1]


@pytest.mark.parametrize("size", [64, 512])
def test_a_control_image_is_grey_near_is_bright_and_black_far_from_the_silhouette(size: int):
    depth = np.zeros((16, 16), np.float32)
    depth[4:8, 4:12], depth[8:12, 4:12] = 1.0, 1.2
    image, pixel = control_image(depth, size), size // 16
    assert image.shape == (size, size, 3)
    assert (image == image[..., :1]).all()
    assert image[6 * pixel, 8 * pixel].tolist() == [148] * 3
    assert image[10 * pixel, 8 * pixel].tolist() == [76] * 3
    outside = np.ones((size, size), bool)
    outside[3 * pixel : 13 * pixel, 3 * pixel : 13 * pixel] = False
    assert not image[outside].any()
