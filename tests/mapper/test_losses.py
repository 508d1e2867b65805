import math

import pytest
import torch
from open_clip.loss import ClipLoss, SigLipLoss
from torch.nn.functional import normalize

from fieldlink.core.params import Loss
from fieldlink.mapper import losses
from fieldlink.mapper.losses import LOSSES, start_of
from fieldlink.mapper.model_losses import ModelLosses


def vectors(*shape: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    x, y = torch.randn(2, *shape, generator=torch.Generator().manual_seed(seed))
    return x, y


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_siglip_and_softmax_are_open_clips_at_any_length_of_vectors(scale: float):
    x, y = vectors(7, 5)
    t, b = torch.tensor(math.log(10.0)), torch.tensor(-10.0)
    unit = normalize(x, dim=-1), normalize(y, dim=-1)
    assert torch.allclose(losses.siglip(scale * x, y, t, b), SigLipLoss()(*unit, t.exp(), b), rtol=1e-5)
    assert torch.allclose(losses.softmax(scale * x, y, t), ClipLoss()(*unit, t.exp()), rtol=1e-5)


def test_siglip_is_its_definition_pair_by_pair():
    x, y = vectors(4, 6)
    total = 0.0
    for i in range(4):
        for j in range(4):
            near = torch.cosine_similarity(x[i].double(), y[j].double(), dim=0).item()
            sign = 1 if i == j else -1
            total += math.log1p(math.exp(-sign * (10 * near - 10)))
    computed = losses.siglip(x, y, torch.tensor(math.log(10.0)), torch.tensor(-10.0))
    assert computed.item() == pytest.approx(total / 4, rel=1e-5)


def test_cosine_is_0_for_parallel_1_for_orthogonal_and_2_for_opposite_vectors():
    x = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    assert losses.cosine(x, 3 * x).item() == pytest.approx(0, abs=1e-6)
    assert losses.cosine(x, x.flip(0)).item() == pytest.approx(1, abs=1e-6)
    assert losses.cosine(x, -x).item() == pytest.approx(2, abs=1e-6)


def test_mse_is_the_mean_over_batch_and_dimensions():
    x, y = vectors(3, 4)
    assert losses.mse(x, y).item() == pytest.approx(((x - y).double() ** 2).mean().item(), rel=1e-6)


@pytest.mark.parametrize("kind", LOSSES)
def test_many_models_losses_and_gradients_are_those_of_each_alone(kind: Loss):
    x, y = vectors(3, 5, 4, seed=1)
    t, b = torch.tensor([1.0, 2.0, 0.5]), torch.tensor([-1.0, -10.0, 0.0])
    batched, alone = ([value.clone().requires_grad_() for value in (x, t, b)] for _ in range(2))
    computed = losses.loss_of(kind, batched[0], y, *batched[1:])
    singles = torch.stack([losses.loss_of(kind, alone[0][i], y[i], alone[1][i], alone[2][i]) for i in range(3)])
    assert torch.allclose(computed, singles, rtol=1e-6)
    computed.sum().backward()
    singles.sum().backward()
    for one, other in zip(batched, alone, strict=True):
        assert (one.grad is None) == (other.grad is None)
        if one.grad is not None and other.grad is not None:
            assert one.grad.isfinite().all()
            assert torch.allclose(one.grad, other.grad, atol=1e-6)


def test_models_of_different_losses_keep_their_places():
    x, y = vectors(4, 5, 3, seed=2)
    computed = ModelLosses(["siglip", "cosine", "mse", "siglip"])(x, y)
    t, b = (torch.tensor(value) for value in start_of("siglip"))
    expected = [losses.siglip(x[0], y[0], t, b), losses.cosine(x[1], y[1]), losses.mse(x[2], y[2])]
    assert torch.allclose(computed, torch.stack([*expected, losses.siglip(x[3], y[3], t, b)]), rtol=1e-6)


@pytest.mark.parametrize("kind", LOSSES)
def test_models_of_one_loss_have_it_with_their_own_scale_and_bias(kind: Loss):
    x, y = vectors(2, 5, 3, seed=3)
    batched = ModelLosses([kind, kind])
    with torch.no_grad():
        batched.log_scale += torch.tensor([0.5, -0.5])
    computed = batched(x, y)
    learned = zip(x, y, batched.log_scale, batched.bias, strict=True)
    assert torch.allclose(computed, torch.stack([losses.loss_of(kind, *arguments) for arguments in learned]), rtol=1e-6)


def test_scale_and_bias_start_as_published():
    started = ModelLosses(["softmax", "siglip"])
    assert started.log_scale.exp().tolist() == pytest.approx([1 / 0.07, 10], rel=1e-6)
    assert started.bias.tolist() == [0, -10]
