"""Fields fitted together are those fitted alone."""

import dataclasses

import numpy as np
import pyarrow as pa
import pytest
import torch

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import NerfParams
from fieldlink.core.params.nerf import HashGridParams
from fieldlink.core.schemas import VIEWS
from fieldlink.nerf import field, object_work
from fieldlink.nerf.fitting import batch_fitting, optimisation, ray_batches
from fieldlink.scenes import views

SEEDS = [3, 1, 2]
GRID = HashGridParams(levels=2, log2_table=8, features=2, coarsest=4, growth=2.0)


@pytest.fixture(scope="module")
def three(spheres) -> list[views.Views]:
    shown = [(0.3, (200, 80, 30)), (0.2, (20, 60, 220)), (0.25, (30, 200, 60))]
    return [spheres(radius, colour, 24, 8) for radius, colour in shown]


@pytest.fixture(scope="module", params=["frequency", "hash"])
def nerf_params(small: NerfParams, request: pytest.FixtureRequest) -> NerfParams:
    changes = {"encoding": request.param, "hash": GRID, "units": 16, "hidden_layers": 2}
    fit = small.fitting.model_copy(update={"steps": 20, "held_out": (4,), "occupancy": 24, "learning_rate": 0.02})
    return small.model_copy(update={"field": small.field.model_copy(update=changes), "fitting": fit})


def test_weights_are_those_of_each_fit_alone_within_1e_4(three, nerf_params):
    start = torch.from_numpy(field.xavier(nerf_params.field, 0).numpy())
    objects = [optimisation.fitting_inputs(object_views, nerf_params, "cpu") for object_views in three]
    fitted, failed = optimisation.optimise(objects, start, nerf_params, SEEDS)
    alone = torch.cat(
        [optimisation.optimise([one], start, nerf_params, [seed])[0] for one, seed in zip(objects, SEEDS, strict=True)]
    )
    assert failed.tolist() == [20] * 3
    assert (alone - start).abs().max() > 0.05  # they have moved far from the start
    torch.testing.assert_close(fitted, alone, atol=1e-4, rtol=0)


def test_batches_drawn_together_are_those_of_each_object(three, nerf_params):
    objects = [optimisation.fitting_inputs(object_views, nerf_params, "cpu") for object_views in three]
    alone, joint = (
        ray_batches.ray_batches(objects, nerf_params, SEEDS),
        ray_batches.joint_batches(objects, nerf_params, SEEDS),
    )
    for one, other in zip(alone, joint, strict=True):
        assert all(torch.equal(getattr(one, part.name), getattr(other, part.name)) for part in dataclasses.fields(one))


@pytest.mark.parametrize("parts", [2, 8])
def test_points_divided_among_products_give_the_same_losses_and_gradients(three, nerf_params, monkeypatch, parts):
    objects = [optimisation.fitting_inputs(object_views, nerf_params, "cpu") for object_views in three]
    batch, fitted = next(ray_batches.ray_batches(objects, nerf_params, SEEDS)), []
    for count in (1, parts):
        monkeypatch.setattr(optimisation, "_parts_of_points", lambda _, count=count: count)
        weights = torch.from_numpy(field.xavier(nerf_params.field, 0).numpy()).repeat(3, 1).requires_grad_()
        losses = optimisation._losses(weights, batch, nerf_params.field)
        losses.sum().backward()
        fitted.append((losses.detach(), weights.grad))
    torch.testing.assert_close(fitted[0], fitted[1], rtol=1e-5, atol=1e-7)


def test_fits_have_the_quality_and_grid_of_each_alone(three, nerf_params):
    start = field.xavier(nerf_params.field, 0).numpy()
    fitted = batch_fitting.fit_batch(three, start, nerf_params, SEEDS, "cpu")
    for views_, seed, one in zip(three, SEEDS, fitted, strict=True):
        alone = optimisation.fit(views_, start, nerf_params, seed)
        assert isinstance(one, optimisation.Fit)
        assert one.psnr_heldout == pytest.approx(alone.psnr_heldout, abs=0.05)
        assert one.foreground == pytest.approx(alone.foreground, abs=0.05)
        differing = np.frombuffer(one.occupancy, np.uint8) != np.frombuffer(alone.occupancy, np.uint8)
        assert differing.mean() < 0.01


def test_one_that_cannot_be_fitted_is_told_in_its_place_and_harms_no_other(three, nerf_params):
    unseen = dataclasses.replace(three[1], image=np.zeros_like(three[1].image))
    start = field.xavier(nerf_params.field, 0).numpy()
    first, second, third = batch_fitting.fit_batch([three[0], unseen, three[2]], start, nerf_params, SEEDS, "cpu")
    assert isinstance(second, InputError)
    expected = batch_fitting.fit_batch([three[0], three[2]], start, nerf_params, [SEEDS[0], SEEDS[2]], "cpu")
    for one, other in zip((first, third), expected, strict=True):
        assert isinstance(one, optimisation.Fit)
        assert isinstance(other, optimisation.Fit)
        np.testing.assert_allclose(one.weights, other.weights, atol=1e-5)


def test_a_loss_that_is_not_finite_is_told_with_its_step_and_harms_no_other(three, nerf_params, monkeypatch):
    start = torch.from_numpy(field.xavier(nerf_params.field, 0).numpy())
    objects = [optimisation.fitting_inputs(object_views, nerf_params, "cpu") for object_views in three]
    whole, _ = optimisation.optimise(objects, start, nerf_params, SEEDS)
    losses, steps = optimisation._losses, iter(range(nerf_params.fitting.steps))

    def broken(*arguments):
        return losses(*arguments) * torch.tensor([1.0, np.nan if next(steps) >= 7 else 1.0, 1.0])

    monkeypatch.setattr(optimisation, "_losses", broken)
    fitted, failed = optimisation.optimise(objects, start, nerf_params, SEEDS)
    assert failed.tolist() == [20, 7, 20]
    assert torch.equal(fitted[[0, 2]], whole[[0, 2]])
    monkeypatch.undo()
    (outcome,) = batch_fitting.fit_batch([three[0]], np.full(len(start), np.nan, np.float32), nerf_params, [0], "cpu")
    assert str(outcome) == "loss not finite at step 0 of 20"


def test_objects_are_kept_or_set_aside_as_each_alone(three, nerf_params):
    gate = nerf_params.fitting.model_copy(update={"gate": 15.0})
    strict = nerf_params.model_copy(update={"fitting": gate})
    torn = dataclasses.replace(three[0], image=np.roll(three[0].image, 9, axis=2)[::-1].copy())
    seen = {"a": three[0], "b": torn, "c": three[2]}
    rows = pa.concat_tables([datasets.table(VIEWS, views.columns(*pair)) for pair in seen.items()])
    start = field.xavier(nerf_params.field, 0).numpy()
    fits, rejected = object_work.accepted_fits(object_work.FittingTask(rows, start, strict, 0, "cpu"))
    for name, original in views.by_object(rows).items():
        alone, set_aside = object_work.accepted_fits(object_work.FittingTask(original, start, strict, 0, "cpu"))
        assert alone.keys() | set_aside.keys() == {name}
        assert (name in fits) == (name in alone)
        assert rejected.get(name) == set_aside.get(name)
    assert "b" in rejected
