"""What the parameters that repeat the published fits change, each by itself and all together."""

import numpy as np
import pytest
import torch

from fieldlink.core.params import NerfParams
from fieldlink.nerf import field
from fieldlink.nerf.fitting import batch_fitting, grid_batches, optimisation, pixels, ray_batches
from fieldlink.nerf.fitting.fitted_weights import FittedWeights
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.sampling import RaySegments

CPU = torch.device("cpu")
PUBLISHED = {
    "optimizer": "adam",
    "learning_rate": 0.01,
    "betas": (0.9, 0.999),
    "pixels": "all",
    "sampling": "grid",
    "jitter": "rays",
    "grid": "updates",
    "least_occupied": 0.0,
    "rays": 64,
    "samples": 24,
    "occupancy": 24,
    "held_out": (4,),
}


def changed(small: NerfParams, **changes) -> NerfParams:
    return small.model_copy(update={"fitting": small.fitting.model_copy(update=changes)})


def test_adam_has_the_betas_of_the_parameters(small, spheres):
    nerf = changed(small, optimizer="adam", betas=(0.3, 0.6), steps=4, occupancy=24, held_out=())
    seen = optimisation.fitting_inputs(spheres(0.3, (200, 80, 30), 24, 8), nerf, "cpu")
    start = field.xavier(nerf.field, 0)
    fitted, _ = optimisation.optimise([seen], start, nerf, [5])
    weights, mean, square = start[None].clone(), 0.0, 0.0
    for number, batch in enumerate(ray_batches.ray_batches([seen], nerf, [5])):
        weights.requires_grad_()
        (gradient,) = torch.autograd.grad(optimisation._losses(weights, batch, nerf.field).sum(), weights)
        mean, square = 0.3 * mean + 0.7 * gradient, 0.6 * square + 0.4 * gradient**2
        corrected = mean / (1 - 0.3 ** (number + 1)), square / (1 - 0.6 ** (number + 1))
        rate = optimisation.learning_rate(nerf.fitting, number)
        weights = weights.detach() - rate * corrected[0] / (corrected[1].sqrt() + 1e-15)
    torch.testing.assert_close(fitted, weights, atol=1e-5, rtol=0)


def test_rays_go_through_any_pixel_as_often_as_there_are_such_pixels(sphere):
    near = pixels.near_silhouettes(sphere.image[..., 3] > 0)
    drawn = pixels.draw_pixels([sphere], 40_000, [0], CPU, "all").subset(0, 40_000)
    every = pixels.every_pixel([sphere], "all", CPU).draw(40_000, [torch.Generator().manual_seed(0)])
    assert len(pixels.pixels_of(sphere, "all")) == near.size
    assert len(pixels.pixels_of(sphere, "silhouettes")) == near.sum()
    opaque = (sphere.image[..., 3] == 255).mean()
    for rays in (drawn, every):
        assert (rays.alpha == 1).float().mean() == pytest.approx(opaque, abs=0.01)


def test_the_samples_of_a_ray_move_together_or_each_by_itself(small, spheres, monkeypatch):
    shapes = []
    monkeypatch.setattr(
        ray_batches,
        "samples",
        lambda *arguments, **bounds: shapes.append(arguments[4].shape) or samples(*arguments, **bounds),
    )
    from fieldlink.nerf.sampling import samples

    for jitter in ("samples", "rays"):
        nerf = changed(small, jitter=jitter, steps=1, rays=8, samples=6, occupancy=24, held_out=())
        seen = optimisation.fitting_inputs(spheres(0.3, (200, 80, 30), 24, 8), nerf, "cpu")
        next(iter(ray_batches.joint_batches([seen], nerf, [5])))
    assert shapes == [(1, 8, 6), (1, 8, 1)]


def test_a_fit_as_published_learns_the_sphere_and_its_grid_is_the_spheres(small, spheres):
    nerf = changed(small, **PUBLISHED, steps=200)
    fit = optimisation.fit(spheres(0.35, (200, 80, 30), 32, 12), field.xavier(nerf.field, 0).numpy(), nerf, seed=1)
    assert fit.psnr_heldout > 22
    grid = unpack(fit.occupancy)
    middles = (torch.stack(torch.meshgrid(*[torch.arange(24) + 0.5] * 3, indexing="ij"), -1) / 24 * 1.4 - 0.7).norm(
        dim=-1
    )
    assert grid[(middles - 0.33).abs() < 0.03].float().mean() > 0.9  # its surface
    assert grid[middles > 0.6].float().mean() < 0.35  # what no view shows may hold something


def test_fits_as_published_are_the_same_alone_and_beside_others(small, spheres):
    nerf = changed(small, **PUBLISHED, steps=20)
    objects = [spheres(0.35, (200, 80, 30), 24, 8), spheres(0.2, (20, 60, 220), 24, 8)]
    start = field.xavier(nerf.field, 0).numpy()
    fits = batch_fitting.fit_batch(objects, start, nerf, [5, 6], "cpu")
    for views, seed, joint in zip(objects, [5, 6], fits, strict=True):
        alone = optimisation.fit(views, start, nerf, seed)
        assert isinstance(joint, optimisation.Fit)
        np.testing.assert_allclose(joint.weights, alone.weights, atol=2e-3)
        assert np.abs(joint.weights - start).max() > 0.05


def test_as_many_rays_are_taken_as_fill_the_points_of_a_step(small, spheres):
    nerf = changed(small, **PUBLISHED, steps=1)
    seen = optimisation.fitting_inputs(spheres(0.35, (200, 80, 30), 24, 8), nerf, "cpu")
    weights = FittedWeights.of(field.xavier(nerf.field, 0), 1, nerf, graphed=False)
    (batch,) = grid_batches.grid_batches([seen], nerf, [5], weights)
    marched = batch.marched
    assert marched.points.shape[1] == 64 * 24
    assert marched.whole.sum() < grid_batches.RAYS_DRAWN * 64  # half of the box is occupied at the start
    assert marched.whole[0, : marched.ray.max()].all()
    assert seen[1].all()  # no visual hull takes part


def test_a_field_that_shows_nothing_has_no_loss_and_no_gradient(small, spheres):
    nerf = changed(small, **PUBLISHED, steps=2)
    seen = optimisation.fitting_inputs(spheres(0.35, (200, 80, 30), 24, 8), nerf, "cpu")
    nothing = torch.zeros_like(field.xavier(nerf.field, 0))  # one density everywhere: no cell is above the mean
    fitted, failed = optimisation.optimise([seen], nothing, nerf, [5])
    assert failed.tolist() == [2]
    assert torch.equal(fitted[0], nothing)


def test_segments_of_several_grids_along_one_axis_are_those_of_each(spheres):
    grids = torch.rand(2, 6, 6, 6, generator=torch.Generator().manual_seed(0)) < 0.3
    origins = torch.tensor([[[1.2, 0.1, 0.0], [1.2, 0.2, 0.3]]] * 2)
    directions = torch.tensor([[[-1.0, 0.0, 0.0]] * 2] * 2)
    flat = RaySegments.of(origins, directions, grids).flat()
    for nerf in range(2):
        alone = RaySegments.of(origins[nerf], directions[nerf], grids[nerf])
        along = 0.4 * alone.length[:, None]
        chosen = flat.subset(torch.tensor([2 * nerf, 2 * nerf + 1]))
        reach = alone.length > 0
        torch.testing.assert_close(chosen.length, alone.length)
        if (RaySegments.of(origins, directions, grids).near[nerf] == alone.near).all():
            torch.testing.assert_close(chosen.points(along)[reach], alone.points(along)[reach])


def test_the_grid_is_updated_every_16_steps_and_wholly_for_256_of_them(small, spheres, monkeypatch):
    nerf = changed(small, **PUBLISHED, steps=290)
    seen = optimisation.fitting_inputs(spheres(0.35, (200, 80, 30), 8, 3), nerf, "cpu")
    weights = FittedWeights.of(field.xavier(nerf.field, 0), 1, nerf, graphed=False)
    steps: list[tuple[int, bool]] = []

    def recorded(cells, *_, every_cell):
        steps.append((len(batches), every_cell))
        return cells

    monkeypatch.setattr(grid_batches, "updated", recorded)
    batches = []
    for batch in grid_batches.grid_batches([seen], nerf, [5], weights):
        batches.append(batch)
    assert steps == [(step, step < 256) for step in range(0, 290, 16)]
