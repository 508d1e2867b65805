"""Truths of the other embeddings and of depth maps as pictures."""

import numpy as np
import pytest
import torch

from fieldlink.core.params import FieldParams, Params
from fieldlink.embeddings.baselines.pca import principal_components
from fieldlink.embeddings.depth_pictures import FARTHEST_BRIGHTNESS, depth_picture
from fieldlink.embeddings.functa_fields import ModulatedField, draw_pool, fit_base, fit_latents
from fieldlink.nerf.field import evaluate, xavier
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.radiance_targets import radiance
from fieldlink.nerf.weight_layout import size

ARCHITECTURE = FieldParams(encoding="frequency", octaves=3, units=12, hidden_layers=2, outputs=6)


@pytest.fixture(scope="module")
def nerfs() -> NerfBatch:
    random = torch.Generator().manual_seed(0)
    weights = xavier(ARCHITECTURE, 0) + 0.3 * torch.randn(6, size(ARCHITECTURE), generator=random)
    return NerfBatch.of(weights.numpy(), [np.packbits(np.ones((6, 6, 6), bool)).tobytes()] * 6)


def test_all_components_keep_all_distances_and_few_keep_the_widest_direction():
    weights = np.random.default_rng(0).normal(size=(9, 5)).astype(np.float32)
    components = principal_components(weights, weights, 50, seed=0)
    assert components.shape == (9, 5)
    distances = [np.linalg.norm(x[:, None] - x[None], axis=-1) for x in (weights, components)]
    np.testing.assert_allclose(*distances, atol=1e-5)
    line = np.outer(np.arange(9), [1, 2, 0, 0, 2]).astype(np.float32) + 0.01 * weights
    np.testing.assert_allclose(abs(np.diff(principal_components(line, line, 1, seed=0)[:, 0])), 3, atol=0.1)


def test_components_are_the_training_nerfs_alone():
    random = np.random.default_rng(0)
    training, others = random.normal(size=(8, 6)).astype(np.float32), random.normal(size=(3, 6)).astype(np.float32)
    joint = principal_components(training, np.concatenate([training, others]), 4, seed=0)
    np.testing.assert_allclose(joint[8:], principal_components(training, others, 4, seed=0), atol=1e-6)


def test_points_are_told_what_the_nerf_itself_gives_there(nerfs: NerfBatch):
    points, values = draw_pool(nerfs, ARCHITECTURE, 20, torch.Generator().manual_seed(0))
    rgb, density = evaluate(nerfs.weights, points, ARCHITECTURE)
    torch.testing.assert_close(values, radiance(rgb, density))


def test_a_frozen_base_tells_new_nerfs_apart_and_does_not_move(nerfs: NerfBatch, params: Params):
    small = {"latent": 5, "width": 24, "layers": 2, "points": 64, "steps": 150, "fit_steps": 60}
    modulation_params = params.baselines.embeddings.functa.model_copy(update=small)
    points, values = draw_pool(nerfs, ARCHITECTURE, 128, torch.Generator().manual_seed(0))
    base = ModulatedField(modulation_params, ARCHITECTURE.octaves, seed=0)
    fit_base(base, (points[:4], values[:4]), modulation_params, seed=0)
    before = {name: value.clone() for name, value in base.state_dict().items()}
    latents = fit_latents(base, (points[4:], values[4:]), modulation_params, seed=1)
    assert all(torch.equal(value, before[name]) for name, value in base.state_dict().items())

    def error(vectors: torch.Tensor) -> torch.Tensor:
        rgb, density = base(vectors, points[4:])
        return (radiance(rgb, density) - values[4:]).square().mean((1, 2))

    assert (error(latents) < error(latents.flip(0))).all()  # its own vector, not the other's
    assert (error(latents) < error(0 * latents)).all()


def test_a_nerfs_vector_does_not_depend_on_those_fitted_beside_it(nerfs: NerfBatch, params: Params):
    small = {"latent": 4, "width": 16, "layers": 2, "points": 16, "fit_steps": 10}
    modulation_params = params.baselines.embeddings.functa.model_copy(update=small)
    points, values = draw_pool(nerfs, ARCHITECTURE, 32, torch.Generator().manual_seed(0))
    base = ModulatedField(modulation_params, ARCHITECTURE.octaves, seed=0).requires_grad_(False)
    joint, alone = (
        fit_latents(base, (points, values), modulation_params, seed=0),
        fit_latents(base, (points[:2], values[:2]), modulation_params, seed=0),
    )
    torch.testing.assert_close(joint[:2], alone, atol=1e-4, rtol=1e-3)


def test_near_is_white_far_is_dark_and_nothing_is_black():
    picture = depth_picture(np.array([[0, 1.0], [1.5, 2.0]], np.float32))
    assert picture[..., 0].tolist() == [
        [0, 255],
        [round(255 * (1 + FARTHEST_BRIGHTNESS) / 2), round(255 * FARTHEST_BRIGHTNESS)],
    ]
    assert (picture == picture[..., :1]).all()
    assert not depth_picture(np.zeros((3, 3), np.float32)).any()
