import math

import numpy as np
import pytest
import torch

from fieldlink.nerf import field, weight_layout


@pytest.fixture
def random():
    return torch.Generator().manual_seed(0)


def test_the_published_architecture_has_18432_weights(params):
    published = params.nerf.field.model_copy(update={"octaves": 24, "units": 64, "hidden_layers": 3, "outputs": 16})
    assert weight_layout.size(published) == 18432
    assert weight_layout.shapes(published) == [(64, 144), (64, 64), (64, 64), (16, 64)]


def test_layers_lie_one_after_the_other_each_out_in_row_major(params):
    weights = torch.arange(2 * weight_layout.size(params.nerf.field), dtype=torch.float32).view(2, -1)
    start = 0
    for layer, (out, into) in zip(
        field.unflatten(weights, params.nerf.field), weight_layout.shapes(params.nerf.field), strict=True
    ):
        assert torch.equal(layer[1], weights[1, start : start + out * into].view(out, into))
        start += out * into


def test_evaluate_equals_a_float64_loop_over_neurons(params, random):
    weights = field.xavier(params.nerf.field, 3)[None]
    points = 1.2 * torch.rand(1, 20, 3, generator=random) - 0.6
    rgb, density = field.evaluate(weights, points, params.nerf.field)
    for index, point in enumerate(points[0].double().numpy()):
        x = (point + 0.7) / 1.4
        waves = [
            [f(2.0**k * np.pi * axis) for k in range(params.nerf.field.octaves) for f in (np.sin, np.cos)] for axis in x
        ]
        hidden = np.concatenate(waves)
        layers = [layer[0].double().numpy() for layer in field.unflatten(weights, params.nerf.field)]
        for layer in layers[:-1]:
            hidden = np.maximum(layer @ hidden, 0)
        outputs = layers[-1] @ hidden
        np.testing.assert_allclose(rgb[0, index].numpy(), 1 / (1 + np.exp(-outputs[:3])), rtol=1e-4)
        assert density[0, index].item() == pytest.approx(math.exp(outputs[3] - 1), rel=1e-4)


def test_a_batch_of_nerfs_gives_what_each_gives_alone(params, random):
    weights = torch.stack([field.xavier(params.nerf.field, seed) for seed in range(3)])
    points = 1.4 * torch.rand(3, 50, 3, generator=random) - 0.7
    colours = field.evaluate(weights, points, params.nerf.field)
    for one in range(3):
        alone = field.evaluate(weights[one : one + 1], points[one : one + 1], params.nerf.field)
        torch.testing.assert_close([part[one] for part in colours], [part[0] for part in alone])


def test_there_is_no_density_outside_the_box_nor_on_its_walls(params):
    weights = field.xavier(params.nerf.field, 0)[None]
    points = torch.tensor([[[0.71, 0.0, 0.0], [0.0, -0.71, 0.0], [0.0, 0.0, 5.0], [0.7, 0.0, 0.0], [0.0, 0.0, 0.0]]])
    _, density = field.evaluate(weights, points, params.nerf.field)
    assert density[0, :4].eq(0).all()
    assert density[0, 4] > 0


@pytest.mark.parametrize("logit", [-1e4, -100.0, 0.0, 15.0, 100.0, 1e4])
def test_density_and_its_gradient_are_finite_for_any_logit(logit):
    outputs = torch.full((1, 4), logit).requires_grad_()
    rgb, density = field.colour_and_density(outputs, torch.ones(1, dtype=torch.bool))
    (rgb.sum() + density.sum()).backward()
    assert rgb.isfinite().all()
    assert density.isfinite().all()
    assert outputs.grad is not None
    assert outputs.grad.isfinite().all()


def test_the_gradient_of_density_is_clamped_at_an_exponent_of_15():
    x = torch.tensor([3.0, 15.0, 20.0]).requires_grad_()
    field.truncated_exp(x).sum().backward()
    torch.testing.assert_close(x.grad, torch.tensor([3.0, 15.0, 15.0]).exp())


def test_the_random_start_depends_on_its_seed_alone_and_keeps_xaviers_bounds(params):
    weights = field.xavier(params.nerf.field, 5)
    assert torch.equal(weights, field.xavier(params.nerf.field, 5))
    assert not torch.equal(weights, field.xavier(params.nerf.field, 6))
    for layer in field.unflatten(weights[None], params.nerf.field):
        bound = math.sqrt(6 / sum(layer.shape[1:]))
        assert 0.9 * bound < layer.abs().max() <= bound
