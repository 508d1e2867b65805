"""Which NeRFs stand on the wall."""

import numpy as np
import pytest

from fieldlink.report.nerf_wall import rank_groups


def test_best_median_and_worst_of_nine():
    psnr = np.array([20.0, 28, 24, 22, 26, 21, 25, 27, 23])
    assert rank_groups(psnr, size=3) == {"best": [1, 7, 4], "median": [6, 2, 8], "worst": [3, 5, 0]}


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 20])
def test_no_nerf_stands_in_two_groups(count):
    groups = rank_groups(np.linspace(20, 30, count))
    chosen = [index for indices in groups.values() for index in indices]
    assert len(chosen) == len(set(chosen))
    assert len(groups["best"]) == max(1, min(3, count // 3))
