import numpy as np
import pytest
import torch

from fieldlink.core.devices import has_bfloat16_products
from fieldlink.core.params import FieldParams, Nf2vecParams
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.model import Nf2vecModel, embed
from fieldlink.nf2vec.nf2vec_training import batch_members, learning_rate, loss_function, train, with_noise


class StateStore:
    """A checkpoint in memory; `until`: the call that ends the run, as a kill would."""

    def __init__(self, until: int | None = None):
        self.state, self.calls, self.until = None, 0, until

    def read(self):
        return self.state

    def write_if_due(self, state):
        self.calls += 1
        if self.calls % 3 == 0:  # not after every step
            self.state = state()
        if self.calls == self.until:
            raise KeyboardInterrupt


def trained(nf2vec_params: Nf2vecParams, architecture: FieldParams, nerfs: NerfBatch, store: StateStore):
    model = Nf2vecModel(nf2vec_params, architecture, seed=1)
    curve = train(model, nerfs, nerfs, seed=1, checkpoint=store)
    return model, curve


@pytest.mark.parametrize("supervision", ["points", "rays"])
def test_a_training_that_was_stopped_and_goes_on_ends_with_the_same_numbers(
    nf2vec_params: Nf2vecParams, architecture: FieldParams, nerfs: NerfBatch, supervision: str
):
    nf2vec_params = nf2vec_params.model_copy(update={"supervision": supervision})
    whole, curve = trained(nf2vec_params, architecture, nerfs, StateStore())
    store = StateStore(until=8)
    with pytest.raises(KeyboardInterrupt):
        trained(nf2vec_params, architecture, nerfs, store)
    resumed, resumed_curve = trained(nf2vec_params, architecture, nerfs, store)
    assert store.calls == 8 + 6  # it went on after step 6
    assert (curve == resumed_curve).all()
    assert curve[:, 0].tolist() == [5, 10, 12]
    assert all((resumed.tensors[name] == value).all() for name, value in whole.tensors.items())


def test_an_epoch_shows_every_nerf_once_and_the_next_in_another_order():
    epochs = [torch.cat([batch_members(12, 4, step, 0) for step in range(start, start + 3)]) for start in (0, 3)]
    assert all(sorted(epoch.tolist()) == list(range(12)) for epoch in epochs)
    assert epochs[0].tolist() != epochs[1].tolist()
    assert len(batch_members(3, 4, 5, 0)) == 3  # fewer NeRFs than a batch holds


def test_the_learning_rate_falls_from_its_start_to_zero_by_half_a_cosine(nf2vec_params: Nf2vecParams):
    training = nf2vec_params.training.model_copy(update={"steps": 100, "learning_rate": 2.0, "schedule": "cosine"})
    nf2vec_params = nf2vec_params.model_copy(update={"training": training})
    assert [learning_rate(nf2vec_params.training, step) for step in (0, 50, 100)] == pytest.approx([2, 1, 0], abs=1e-12)
    constant = nf2vec_params.model_copy(update={"training": training.model_copy(update={"schedule": "constant"})})
    assert learning_rate(constant.training, 99) == 2


def test_nf2vec_learns_the_field_of_a_single_nerf_by_heart(
    nf2vec_params: Nf2vecParams, architecture: FieldParams, nerfs: NerfBatch
):
    one = nerfs.take(torch.tensor([0]))
    training = nf2vec_params.training.model_copy(
        update={"steps": 250, "batch": 1, "points": 512, "learning_rate": 3e-3, "validate_every": 250}
    )
    model = Nf2vecModel(nf2vec_params.model_copy(update={"decoder": 64, "training": training}), architecture, seed=0)
    random = torch.Generator().manual_seed(5)
    before = loss_function(model, 0, "cpu")(one, random).item()
    train(model, one, one, seed=0, checkpoint=StateStore())
    assert loss_function(model, 0, "cpu")(one, random).item() < 0.05 * before


def test_a_model_read_back_embeds_as_the_one_that_was_kept(
    nf2vec_params: Nf2vecParams, architecture: FieldParams, nerfs: NerfBatch
):
    model, _ = trained(nf2vec_params, architecture, nerfs, StateStore())
    again = Nf2vecModel.of(model.tensors, model.config)
    weights = nerfs.weights.numpy()
    assert (embed(again, weights) == embed(model, weights)).all()
    np.testing.assert_allclose(embed(model, weights, batch=2), embed(model, weights), atol=1e-6)


def test_the_start_depends_on_the_seed_alone(nf2vec_params: Nf2vecParams, architecture: FieldParams):
    torch.manual_seed(3)
    first = Nf2vecModel(nf2vec_params, architecture, seed=0).tensors
    torch.manual_seed(4)
    same, other = (
        Nf2vecModel(nf2vec_params, architecture, seed=0).tensors,
        Nf2vecModel(nf2vec_params, architecture, seed=1).tensors,
    )
    assert all((first[name] == value).all() for name, value in same.items())
    assert (first["decoder.first.weight"] != other["decoder.first.weight"]).any()


def test_some_nerfs_of_a_stored_array_are_taken_as_if_they_were_all(nerfs):
    subset = NerfBatch.of_rows(nerfs.weights.numpy(), nerfs.occupancy.numpy(), [1, 4, 6])
    taken = subset.take(torch.tensor([2, 0]))
    assert (len(subset), subset.cells) == (3, nerfs.cells)
    assert torch.equal(taken.weights, nerfs.weights[[6, 1]])
    assert torch.equal(taken.grids(), nerfs.grids()[[6, 1]])


@pytest.mark.parametrize("supervision", ["points", "rays"])
def test_in_bfloat16_the_loss_and_its_gradients_are_those_of_float32_nearly(
    nf2vec_params: Nf2vecParams, architecture: FieldParams, nerfs: NerfBatch, supervision: str
):
    """bfloat16 rounds to 8 bits; the loss is a mean over hundreds of roundings."""
    losses = []
    for precision in ("float32", "bfloat16"):
        training = nf2vec_params.training.model_copy(update={"precision": precision})
        model = Nf2vecModel(
            nf2vec_params.model_copy(update={"training": training, "supervision": supervision}), architecture, seed=1
        )
        loss = loss_function(model.train(), 0, "cpu")(nerfs, torch.Generator().manual_seed(0))
        loss.backward()
        slope = torch.cat(
            [weights.grad.flatten() for weights in model.decoder.parameters() if weights.grad is not None]
        )
        losses.append((loss.item(), slope))
        assert loss.dtype == slope.dtype == torch.float32
    (exact, slope), (rounded, lowered) = losses
    assert (rounded != exact) == has_bfloat16_products()
    assert rounded == pytest.approx(exact, rel=0.02)
    assert torch.linalg.norm(lowered - slope) < 0.05 * torch.linalg.norm(slope)


def test_centring_moves_the_mean_to_the_origin_and_changes_nothing_that_is_decoded(
    nf2vec_params: Nf2vecParams, architecture: FieldParams, nerfs: NerfBatch
):
    published, _ = trained(nf2vec_params.model_copy(update={"centred": False}), architecture, nerfs, StateStore())
    centred, _ = trained(nf2vec_params.model_copy(update={"centred": True}), architecture, nerfs, StateStore())
    left, moved = (embed(model, nerfs.weights.numpy()) for model in (published, centred))
    np.testing.assert_allclose(moved, left - left.mean(0), atol=1e-5)
    points = 0.6 * torch.rand(len(nerfs), 50, 3, generator=torch.Generator().manual_seed(0)) - 0.3
    with torch.no_grad():
        decoded = [model.decoder(torch.from_numpy(of), points) for model, of in ((published, left), (centred, moved))]
    for whole, part in zip(*decoded, strict=True):
        torch.testing.assert_close(part, whole, rtol=1e-4, atol=1e-5)


def test_noise_has_the_deviations_asked_for_of_the_nerfs_about_their_mean():
    random = torch.Generator().manual_seed(0)
    weights = 5 + 0.2 * torch.randn(64, 4000, generator=random)  # about a mean NeRF of fives
    noise = with_noise(weights, 0.5, random) - weights
    assert noise.std().item() == pytest.approx(0.5 * 0.2, rel=0.02)
    assert noise.mean().abs() < 1e-3


def test_noise_is_for_training_alone(nf2vec_params: Nf2vecParams, architecture: FieldParams, nerfs: NerfBatch):
    losses = {}
    for noise in (0.0, 2.0):
        training = nf2vec_params.training.model_copy(update={"weight_noise": noise})
        model = Nf2vecModel(nf2vec_params.model_copy(update={"training": training}), architecture, seed=1)
        model.train()
        in_training = loss_function(model, 0, "cpu")(nerfs, torch.Generator().manual_seed(0)).item()
        fresh = Nf2vecModel(model.params, architecture, seed=1).eval()
        losses[noise] = in_training, loss_function(fresh, 0, "cpu")(nerfs, torch.Generator().manual_seed(0)).item()
    assert losses[0.0][0] != losses[2.0][0]
    assert losses[0.0][1] == losses[2.0][1]
