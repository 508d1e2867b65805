import dataclasses
import math

import numpy as np
import pytest
import torch

from fieldlink.core.errors import InputError
from fieldlink.nerf import field
from fieldlink.nerf.fitting import optimisation
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.rendering import Camera, render
from fieldlink.scenes.views import view_subset
from fieldlink.scenes.visual_hull import carve


def test_a_sphere_of_known_colour_is_recovered_on_views_held_out(fitted):
    assert fitted.psnr_heldout > 25
    assert fitted.psnr_heldout_foreground > 20
    assert fitted.psnr_train > 25


def test_the_fitted_sphere_has_its_silhouette_and_colour(fitted, sphere, small):
    held = view_subset(sphere, [4])
    camera = Camera(held.camera_angle_x, 32, 32)
    weights, grid = torch.from_numpy(fitted.weights), unpack(fitted.occupancy)
    colour, opacity = render(weights, grid, held.camera_to_world, camera, small.rendering, small.field)
    alpha = held.image[0, ..., 3] / 255
    assert ((opacity[0].numpy() > 0.5) != (alpha > 0.5)).mean() < 0.02
    middle = colour[0, 15:17, 15:17].mean((0, 1)).numpy()
    np.testing.assert_allclose(middle, np.array([200, 80, 30]) / 255, atol=0.08)


def test_the_grid_covers_the_surface_and_stays_in_the_hull_of_the_fitted_views(fitted, sphere, small):
    grid = unpack(fitted.occupancy).numpy()
    hull = carve(view_subset(sphere, [view for view in range(12) if view != 4]), small.fitting.occupancy, field.HALF)
    assert not (grid & ~hull).any()
    axis = (np.arange(32) + 0.5) * 1.4 / 32 - 0.7
    radius = np.sqrt(sum(part**2 for part in np.meshgrid(axis, axis, axis, indexing="ij")))
    assert grid[(radius > 0.27) & (radius < 0.3)].mean() > 0.95


def test_held_out_views_take_no_part(fitted, sphere, small, start):
    image = sphere.image.copy()
    image[4] = 255 - image[4]
    again = optimisation.fit(dataclasses.replace(sphere, image=image), start, small, seed=1)
    assert np.array_equal(again.weights, fitted.weights)
    assert again.occupancy == fitted.occupancy
    assert again.psnr_heldout < fitted.psnr_heldout


def test_the_same_seed_gives_the_same_bits_and_another_gives_others(fitted, sphere, small, start):
    assert np.array_equal(optimisation.fit(sphere, start, small, seed=1).weights, fitted.weights)
    assert not np.array_equal(optimisation.fit(sphere, start, small, seed=2).weights, fitted.weights)


def test_with_no_view_held_out_the_fitted_ones_are_judged(sphere, small, start):
    few = view_subset(sphere, [0, 1, 2, 3])
    trained = optimisation.fit(few, start, small, seed=0)
    assert math.isnan(trained.psnr_heldout)
    assert trained.foreground == trained.psnr_train_foreground


def test_a_set_of_views_all_held_out_is_an_error_that_says_so(sphere, small, start):
    nerf_params = small.model_copy(update={"fitting": small.fitting.model_copy(update={"held_out": (0, 1)})})
    with pytest.raises(InputError, match="all 2 views are held out"):
        optimisation.fit(view_subset(sphere, [0, 1]), start, nerf_params, seed=0)


def test_views_whose_silhouettes_have_nothing_in_common_are_an_error(sphere, small, start):
    away = sphere.camera_to_world.copy()
    away[::2, :, 3] += 5 * away[::2, :, 0]
    with pytest.raises(InputError, match="poses"):
        optimisation.fit(dataclasses.replace(sphere, camera_to_world=away), start, small, seed=0)


def test_a_loss_that_is_not_finite_stops_the_fit(sphere, small, start):
    with pytest.raises(optimisation.Diverged, match="at step 0"):
        optimisation.fit(sphere, np.full_like(start, np.nan), small, seed=0)


def test_the_published_drops_are_those_of_torch_s_own_schedule(small):
    nerf_params = small.model_copy(
        update={"fitting": small.fitting.model_copy(update={"schedule": "drops", "steps": 40})}
    )
    adam = torch.optim.Adam([torch.zeros(1, requires_grad=True)], lr=nerf_params.fitting.learning_rate)
    theirs = torch.optim.lr_scheduler.MultiStepLR(adam, [20, 30, 36], gamma=0.33)
    for step in range(40):
        assert optimisation.learning_rate(nerf_params.fitting, step) == pytest.approx(adam.param_groups[0]["lr"])
        adam.step()
        theirs.step()
