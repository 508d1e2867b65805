"""Classification heads against torch's own layers, alone and side by side."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from fieldlink.core.params import Params
from fieldlink.heads import head_folders
from fieldlink.heads.draws import Draws
from fieldlink.heads.head_networks import Heads, logits, single
from fieldlink.heads.head_tasks import HeadTask, LabelledVectors
from fieldlink.heads.head_training import train_many
from fieldlink.heads.mixing import doubled


def reference(widths: list[int], seed: int, *, all_biases: bool) -> nn.Sequential:
    """One head of torch's own layers, without dropout."""
    *hidden, last = single(widths, seed, all_biases=all_biases)
    parts = [part for layer in hidden for part in (layer, nn.BatchNorm1d(layer.out_features), nn.ReLU())]
    return nn.Sequential(*parts, last)


def task(params: Params, seeds: tuple[int, ...] = (0, 1, 2), **changes: object) -> HeadTask:
    """Vectors of four classes, each around a direction of its own; every seed sees others."""
    values = {"hidden": (16, 8), "epochs": 30, "batch": 12, "learning_rate": 0.02, "validate_every": 5}
    heads = params.embedding_spaces.heads.model_copy(update={**values, **changes})
    centres = 2 * np.random.default_rng(0).normal(size=(4, 6))

    def examples(count: int) -> LabelledVectors:
        labels = np.arange(count) % 4
        draws = [np.random.default_rng([count, seed]).normal(size=(count, 6)) for seed in seeds]
        return LabelledVectors((centres[labels] + np.stack(draws)).astype(np.float32), labels)

    return HeadTask("nerf_embedding", seeds, examples(41), examples(20), 4, heads, study_seed=3)


@pytest.mark.parametrize("all_biases", [False, True])
def test_a_stack_learns_and_tests_as_torchs_own_layers_do(all_biases: bool):
    widths, seeds = [5, 7, 6, 3], [1, 2**62]
    inputs = 10 * torch.randn(2, 9, 5, generator=torch.Generator().manual_seed(0))
    stack = Heads(widths, seeds, all_biases=all_biases)
    alone = [reference(widths, seed, all_biases=all_biases) for seed in seeds]
    assert sum(layer.bias is not None for layer in single(widths, 0, all_biases=all_biases)) == (3 if all_biases else 1)
    for head in alone:
        head.train()
    learnt = stack.learn(inputs, torch.ones(2, 9), 0.0, Draws(seeds))
    expected = torch.stack([head(inputs[i]) for i, head in enumerate(alone)])
    assert torch.allclose(learnt, expected, atol=1e-5)
    for head in alone:
        head.eval()
    expected = torch.stack([head(inputs[i]) for i, head in enumerate(alone)])
    assert torch.allclose(stack(inputs), expected, atol=1e-5)
    assert torch.allclose(Heads.of(stack.tensors())(inputs), expected, atol=1e-5)


def test_rows_that_do_not_count_change_nothing_of_the_others():
    widths, draws = [5, 7, 3], Draws([0])
    inputs = torch.randn(1, 8, 5, generator=torch.Generator().manual_seed(0))
    counted = torch.tensor([[1.0] * 6 + [0.0] * 2])
    whole, part = Heads(widths, [4]), Heads(widths, [4])
    with_fill = whole.learn(inputs, counted, 0.0, draws)[:, :6]
    assert torch.allclose(with_fill, part.learn(inputs[:, :6], torch.ones(1, 6), 0.0, draws), atol=1e-6)
    assert all(np.allclose(whole.tensors()[name], value, atol=1e-6) for name, value in part.tensors().items())


def test_dropout_keeps_its_share_and_the_mean():
    heads, rows = Heads([4, 400, 1], [0]), torch.randn(1, 50, 4, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        heads.weights[1].fill_(1)
        draws = [heads.learn(rows, torch.ones(1, 50), 0.5, Draws([seed])) for seed in range(2)]
        without = heads.learn(rows, torch.ones(1, 50), 0.0, Draws([0]))
    assert not torch.equal(draws[0], draws[1])
    assert draws[0].mean().item() == pytest.approx(without.mean().item(), rel=0.05)


def test_a_mixture_takes_every_coordinate_from_its_row_or_from_one_other_of_its_class():
    labels = torch.tensor([[0, 0, 0, 1, 1, 2, 0]])
    inputs = torch.arange(7 * 50).reshape(1, 7, 50).float()  # no two numbers alike
    batch = doubled(inputs, labels, Draws([5]))
    assert torch.equal(batch.inputs[:, :7], inputs)
    assert torch.equal(batch.labels, torch.cat([labels, labels], 1))
    assert batch.row_weights[0].tolist() == [1] * 7 + [1, 1, 1, 0, 0, 0, 1]  # classes of two and one aren't mixed
    sources = (batch.inputs[0, 7:] // 50).long()
    for row in (0, 1, 2, 6):
        others = set(sources[row].tolist()) - {row}
        assert len(others) <= 1
        assert all(labels[0, other] == 0 for other in others)
    assert torch.equal(batch.inputs[0, 7:] % 50, torch.arange(50).expand(7, 50).float())


def test_the_share_taken_from_the_partner_is_uniform():
    labels, inputs = torch.zeros(1, 3, dtype=torch.int64), torch.eye(3)[None].repeat_interleave(200, dim=2)
    draws = Draws([1])
    shares = torch.stack([doubled(inputs, labels, draws).inputs[0, 3, :200].mean() for _ in range(400)])
    assert shares.mean().item() == pytest.approx(0.5, abs=0.05)
    assert shares.std().item() == pytest.approx(12**-0.5, abs=0.04)


def test_no_head_depends_on_those_beside_it(params: Params):
    work = task(params, epochs=6)
    joint = train_many(work)
    for index, seed in enumerate(work.seeds):
        train, validation = (
            LabelledVectors(part.vectors[index : index + 1], part.labels) for part in (work.train, work.validation)
        )
        alone = train_many(replace(work, seeds=(seed,), train=train, validation=validation))
        assert alone.history.best_step[0] == joint.history.best_step[index]
        for name, value in alone.tensors.items():
            assert np.allclose(value[0], joint.tensors[name][index], atol=1e-4), name


def test_heads_learn_classes_and_the_best_check_is_the_one_kept(params: Params):
    work = task(params)
    trained = train_many(work)
    predictions = logits(trained.tensors, work.validation.vectors, device="cpu")
    accuracy = (predictions.argmax(2) == work.validation.labels).mean(1)
    assert accuracy == pytest.approx(trained.history.accuracy.max(0))
    assert (accuracy > 0.7).all()
    for model, step in enumerate(trained.history.best_step):
        best = trained.history.accuracy[:, model] == trained.history.accuracy[:, model].max()
        losses = np.where(best, trained.history.validation_loss[:, model], np.inf)
        assert trained.history.check_steps[losses.argmin()] == step


def test_the_last_state_is_kept_where_the_parameters_say_so(params: Params):
    last, best = (train_many(task(params, tested=which, dropout=0.0)) for which in ("last", "best"))
    only_at_the_end = train_many(task(params, dropout=0.0, validate_every=30))
    assert last.history.best_step.tolist() == [last.history.steps] * 3
    for name, value in only_at_the_end.tensors.items():
        assert np.array_equal(value, last.tensors[name]), name
    said = [model["validation_accuracy"] for model in head_folders.config(last)["models"]]
    assert said == pytest.approx(100 * last.history.accuracy[-1], abs=1e-3)
    assert (best.history.best_step < best.history.steps).any()


def test_heads_with_all_biases_learn_too(params: Params):
    trained = train_many(task(params, biases="all"))
    assert {name for name in trained.tensors if name.startswith("hidden_biases")} == {
        "hidden_biases.0",
        "hidden_biases.1",
    }
    assert (trained.history.accuracy.max(0) > 0.7).all()


def test_fewer_objects_than_a_batch_and_a_last_epoch_off_the_beat_are_fine(params: Params):
    trained = train_many(task(params, batch=64, epochs=3, validate_every=2))
    assert trained.history.check_steps.tolist() == [2, 3]


def test_vectors_that_are_not_finite_are_an_error_that_names_the_heads(params: Params):
    work = task(params, epochs=1)
    broken = LabelledVectors(work.validation.vectors * np.float32(np.nan), work.validation.labels)
    with pytest.raises(FloatingPointError, match="head nerf_embedding seed=0"):
        train_many(replace(work, validation=broken))


def test_logits_are_those_of_each_seeds_own_vectors(params: Params):
    work = task(params, epochs=2)
    trained, vectors = train_many(work), work.validation.vectors
    ids = [f"object-{i}" for i in range(20)]
    columns = head_folders.logits_columns(
        "nerf_embedding", work.seeds, ids, logits(trained.tensors, vectors, device="cpu")
    )
    one = Heads.of({name: value[1:2] for name, value in trained.tensors.items()})
    expected = one(torch.tensor(vectors[1:2])).detach().numpy()[0]
    assert set(columns["variant"]) == {"head nerf_embedding"}
    assert columns["seed"][20:40] == [1] * 20
    assert columns["object_id"][20:40] == ids
    assert np.allclose(columns["logits"][20:40], expected, atol=1e-5)
