"""Which fits are kept."""

import dataclasses

import numpy as np
import pytest

from fieldlink.core import datasets
from fieldlink.core.params import NerfParams
from fieldlink.core.schemas import VIEWS
from fieldlink.nerf import field, object_work, weight_layout
from fieldlink.nerf.fitting.optimisation import Fit
from fieldlink.scenes import views


def job(shown: views.Views, start: np.ndarray, nerf_params: NerfParams, **changes: float) -> object_work.FittingTask:
    fit = nerf_params.fitting.model_copy(update=changes)
    rows = datasets.table(VIEWS, views.columns("ball", shown))
    return object_work.FittingTask(rows, start, nerf_params.model_copy(update={"fitting": fit}), 0, "cpu")


def test_the_share_of_occupied_cells_counts_no_padding():
    grid = np.zeros((5, 5, 5), bool)
    grid[1, 2, 3] = grid[4, 4, 4] = True
    assert Fit(np.zeros(1), np.packbits(grid).tobytes(), *[20.0] * 4).occupied == pytest.approx(2 / 125)


def test_an_empty_field_is_set_aside_though_a_black_object_on_black_looks_the_same(spheres, small):
    """All hidden units are at least 0, so that output 3, the density, is next to nothing wherever any is positive."""
    shown = spheres(colour=(0, 0, 0))
    empty = field.xavier(small.field, 0).numpy()
    last = empty[-int(np.prod(weight_layout.shapes(small.field)[-1])) :].reshape(weight_layout.shapes(small.field)[-1])
    last[3] = -100
    fits, rejected = object_work.accepted_fits(job(shown, empty, small, learning_rate=1e-9, steps=1))
    assert not fits
    assert rejected == {"ball": "0.00% of the cells occupied after 2 fits, 0.1% expected"}
    fits, rejected = object_work.accepted_fits(job(shown, field.xavier(small.field, 0).numpy(), small))
    assert fits["ball"].occupied > 0.01
    assert not rejected


def test_gates_of_zero_set_nothing_aside(spheres, small):
    """As published: no PSNR is below 0 dB, and no share of cells below 0."""
    shown, empty = spheres(colour=(255, 255, 255)), np.zeros_like(field.xavier(small.field, 0).numpy())
    short = job(shown, empty, small, learning_rate=1e-9, steps=1, gate=0.0, least_occupied=0.0)
    fits, rejected = object_work.accepted_fits(short)
    assert not rejected
    assert 0 <= fits["ball"].foreground < small.fitting.gate


@pytest.mark.parametrize("cells", [7, 8])
def test_a_fit_of_a_tenth_of_a_percent_is_kept_and_of_less_is_tried_once_more(sphere, start, small, monkeypatch, cells):
    grid = np.arange(8000) < cells
    thin = Fit(start, np.packbits(grid).tobytes(), *[30.0] * 4)
    solid = dataclasses.replace(thin, occupancy=np.packbits(np.ones(8000, bool)).tobytes())
    outcomes = iter([thin, solid])
    monkeypatch.setattr(
        "fieldlink.nerf.fitting.batch_fitting.fit_batch", lambda many, *_: [next(outcomes) for _ in many]
    )
    fits, rejected = object_work.accepted_fits(job(sphere, start, small))
    assert fits["ball"] is (thin if cells == 8 else solid)
    assert not rejected
