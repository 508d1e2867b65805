import numpy as np

from fieldlink.scenes.pictures import on_black, on_white


def test_white_shows_through_by_what_alpha_leaves():
    pixels = np.array([[[200, 100, 0, 255], [200, 100, 0, 0], [255, 0, 0, 51]]], np.uint8)
    assert on_white(pixels).tolist() == [[[200, 100, 0], [255, 255, 255], [255, 204, 204]]]
    assert on_black(pixels).tolist() == [[[200, 100, 0], [0, 0, 0], [51, 0, 0]]]
