"""Small copies and differences."""

import numpy as np
import pytest

from fieldlink.report.thumbnails import AMPLIFICATION, amplified_difference, thumbnail


def test_a_difference_is_absolute_amplified_and_clipped():
    truth = np.array([[[10, 200, 0]]], np.uint8)
    render = np.array([[[20, 190, 255]]], np.uint8)
    assert amplified_difference(truth, render).tolist() == [[[10 * AMPLIFICATION, 10 * AMPLIFICATION, 255]]]


def test_a_small_copy_holds_the_means_of_blocks():
    picture = np.zeros((4, 8, 3), np.uint8)
    picture[:2, :2] = 100
    picture[0, 2] = 200
    assert thumbnail(picture, 4)[..., 0].tolist() == [[100, 50, 0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (100, 1), (1, 100), (33, 64), (500, 375)])
def test_a_small_copy_fits_whatever_the_shape(shape):
    picture = np.full((*shape, 3), 77, np.uint8)
    small = thumbnail(picture, 32)
    assert max(small.shape) <= 32
    assert min(small.shape[:2]) >= 1
    assert (small == 77).all()
    if max(shape) <= 32:
        assert small.shape == picture.shape
