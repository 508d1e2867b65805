import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from fieldlink.core.devices import has_bfloat16_products
from fieldlink.core.params import MapperParams, Params
from fieldlink.core.seeds import seed_of
from fieldlink.core.variants import Direction
from fieldlink.mapper import losses
from fieldlink.mapper.losses import start_of
from fieldlink.mapper.mapper_tasks import MapperResult, MapperRun, MapperTask, joined
from fieldlink.mapper.mapper_training import MapperTraining, train_many
from fieldlink.mapper.mlps import Mappers, single, stacked, unstacked
from fieldlink.mapper.pair_batches import PairLoader
from fieldlink.mapper.pair_sampler import Sampler, every_view
from fieldlink.mapper.pairs import Pairs
from fieldlink.mapper.trained_mappers import apply

STUDY = 3
MODELS = [
    MapperRun("a", "cosine", 0),
    MapperRun("b", "siglip", 0),
    MapperRun("b", "siglip", 1),
    MapperRun("c", "softmax", 0),
]


def small(params: Params, **changes: object) -> MapperParams:
    values = {"hidden": (12, 10), "epochs": 4, "views_per_epoch": 2, "batch": 8, "validate_every": 2, "seeds": (0,)}
    return params.mapper.model_copy(update={**values, **changes})


def pairs(objects: int, views: int, seed: int) -> Pairs:
    """Objects whose CLIP vectors are a noisy linear image of their NeRF vectors."""
    rng = np.random.default_rng(seed)
    nerf = rng.normal(size=(objects, 6)).astype(np.float32)
    clip = np.repeat(nerf @ np.random.default_rng(0).normal(size=(6, 5)), views, axis=0)
    clip = (clip + 0.1 * rng.normal(size=clip.shape)).astype(np.float32)
    return Pairs(nerf, clip[None], np.arange(objects) * views, np.full(objects, views))


def task(mapper: MapperParams, direction: Direction = "clip2nerf", models: list[MapperRun] = MODELS) -> MapperTask:
    return MapperTask(direction, models, pairs(19, 4, 1), pairs(7, 4, 2), mapper, STUDY)


def alone(work: MapperTask, model: MapperRun) -> tuple[nn.Sequential, list[float]]:
    """One model trained by torch's own layers, without stacking: its best weights, its validation losses."""
    seed = seed_of(STUDY, "mapper", model.seed)
    widths = [5, *work.mapper.hidden, 6] if work.direction == "clip2nerf" else [6, *work.mapper.hidden[::-1], 5]
    network, sampler = single(widths, seed_of(seed, "weights")), Sampler.of(work.train.counts, work.mapper)
    start = start_of(model.loss)
    scale, bias = (nn.Parameter(torch.tensor(value)) for value in start)
    groups = [{"params": list(network.parameters())}, {"params": [scale, bias], "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=work.mapper.learning_rate, weight_decay=work.mapper.weight_decay)
    steps = sampler.steps * work.mapper.epochs
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, work.mapper.learning_rate, total_steps=steps)
    learning, checking = (PairLoader(data, work.direction, [(0, 0)], "cpu") for data in (work.train, work.validation))
    checks, best = [], network
    for epoch in range(work.mapper.epochs):
        for inputs, targets in learning.batches([sampler.order(seed, epoch)]):
            optimizer.zero_grad()
            losses.loss_of(model.loss, network(inputs[0]), targets[0], scale, bias).backward()
            optimizer.step()
            schedule.step()
        if (epoch + 1) % work.mapper.validate_every == 0:
            order = every_view(work.validation.counts, work.mapper.batch, seed_of(STUDY, "validation"))
            with torch.no_grad():
                results = [
                    (losses.loss_of(model.loss, network(x[0]), y[0], scale, bias).item(), x.shape[1])
                    for x, y in checking.batches([order])
                ]
            checks.append(sum(loss * size for loss, size in results) / sum(size for _, size in results))
            best = copy.deepcopy(network) if checks[-1] == min(checks) else best
    return best, checks


def outputs(trained: MapperResult, inputs: np.ndarray) -> np.ndarray:
    return np.stack(list(apply(trained.tensors, inputs)))


@pytest.mark.parametrize("direction", ["clip2nerf", "nerf2clip"])
def test_training_many_is_training_each_alone_within_1e_4(params: Params, direction: Direction):
    work = task(small(params, learning_rate=0.01, precision="float32"), direction)
    trained = train_many(work)
    inputs = work.validation.clip[0] if direction == "clip2nerf" else work.validation.nerf
    for i, model in enumerate(MODELS):
        network, checks = alone(work, model)
        assert trained.history.validation_loss[:, i] == pytest.approx(checks, rel=1e-4, abs=1e-5)
        assert trained.history.best_step[i] == trained.history.check_steps[np.argmin(checks)]
        expected = network(torch.from_numpy(inputs)).detach().numpy()
        assert np.abs(outputs(trained, inputs)[i] - expected).max() < 1e-4


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_model_does_not_depend_on_those_trained_beside_it(params: Params, precision: str):
    work = task(small(params, precision=precision))
    whole, parts = train_many(work), joined([train_many(part) for part in work.split(workers=3)])
    assert parts.models == whole.models
    assert np.allclose(parts.history.validation_loss, whole.history.validation_loss, rtol=1e-5)
    for name, values in whole.tensors.items():
        assert np.allclose(parts.tensors[name], values, atol=1e-6)


@pytest.mark.parametrize(
    ("models", "workers", "device", "sizes"),
    [
        (60, 2, "cpu", [30, 30]),
        (72, 2, "cpu", [18, 18, 18, 18]),
        (9, 6, "cpu", [2, 2, 2, 1, 1, 1]),
        (3, 8, "cpu", [1, 1, 1]),
        (60, 8, "cuda", [60]),
        (100, 2, "cuda", [50, 50]),
    ],
)
def test_every_worker_gets_as_many_models_and_a_gpu_all_at_once(params: Params, models, workers, device, sizes):
    runs = [MapperRun("a", "cosine", seed) for seed in range(models)]
    parts = replace(task(small(params), models=runs), device=device).split(workers)
    assert [len(part.models) for part in parts] == sizes
    assert [model for part in parts for model in part.models] == runs


def test_in_bfloat16_losses_are_nearly_those_of_float32(params: Params):
    """bfloat16 rounds to 8 bits: after 40 steps losses differ by less than a hundredth, weights stay float32."""
    exact, rounded = (
        train_many(task(small(params, learning_rate=0.01, epochs=8, precision=precision)))
        for precision in ("float32", "bfloat16")
    )
    assert rounded.history.validation_loss == pytest.approx(exact.history.validation_loss, rel=0.01)
    assert {values.dtype for values in rounded.tensors.values()} == {np.dtype(np.float32)}
    same = all(np.array_equal(values, exact.tensors[name]) for name, values in rounded.tensors.items())
    assert same != has_bfloat16_products()


def test_the_weights_returned_are_those_of_the_best_check_not_of_the_last(params: Params):
    """Validation pairs that contradict the training pairs: the longer the training, the worse."""
    mapper_params = small(params, epochs=12, validate_every=2, learning_rate=0.05)
    work = task(mapper_params, models=[MapperRun("a", "cosine", 0), MapperRun("a", "cosine", 1)])
    reversed_ = replace(work.train, nerf=-work.train.nerf)
    trained = train_many(replace(work, validation=reversed_))
    assert (trained.history.best_step < trained.history.check_steps[-1]).all()
    results = outputs(trained, reversed_.clip[0])
    targets = torch.from_numpy(np.repeat(reversed_.nerf, 4, axis=0))
    for i in range(2):
        loss = losses.cosine(torch.from_numpy(results[i]), targets).item()
        assert loss == pytest.approx(trained.history.validation_loss[:, i].min(), rel=1e-4)
        assert (
            trained.history.check_steps[trained.history.validation_loss[:, i].argmin()] == trained.history.best_step[i]
        )


def test_mappers_learn_a_linear_relation(params: Params):
    trained = train_many(task(small(params, epochs=40, learning_rate=0.01), "nerf2clip"))
    assert (trained.history.validation_loss.min(0) < 0.5 * trained.history.validation_loss[0]).all()


@pytest.mark.parametrize("direction", ["clip2nerf", "nerf2clip"])
def test_losses_of_equal_seed_start_from_the_same_weights_and_see_the_same_pairs(params: Params, direction: Direction):
    models = [MapperRun(f"of {loss}", loss, seed) for seed in (0, 1) for loss in ("cosine", "siglip")]
    training = MapperTraining(task(small(params), direction, models))
    draws = [*training.network.tensors().values(), *(part.numpy() for part in next(iter(training.batches(0))))]
    for values in draws:
        assert values[0].tolist() == values[1].tolist()
        assert values[2].tolist() == values[3].tolist()
    assert all(values[0].tolist() != values[2].tolist() for values in draws if values.any())


def test_a_training_of_given_steps_takes_them_however_many_an_epoch_has(params: Params):
    """10 steps an epoch: 25 steps end within the third; checks as many as 4 epochs have."""
    work = replace(task(small(params, views_per_epoch=4), models=MODELS[:1]), steps=25)
    history = train_many(work).history
    assert work.sampler.steps == 10
    assert history.steps == 25
    assert history.check_steps.tolist() == [20, 25]
    whole = train_many(replace(work, steps=None)).history
    assert whole.check_steps.tolist() == [20, 40]
    assert train_many(replace(work, steps=40)).history.validation_loss.tolist() == whole.validation_loss.tolist()


def test_seeds_start_apart_and_a_batch_is_no_larger_than_the_objects(params: Params):
    work = task(small(params, batch=64, epochs=1, validate_every=5))
    trained = train_many(work)
    assert trained.batch == 19
    assert len(trained.history.check_steps) == 1  # checked at the end, though no fifth epoch came
    first = trained.tensors["weights.0"]
    assert np.abs(first[1] - first[2]).max() > 0.01


def test_each_model_learns_from_its_own_set_of_clip_vectors(params: Params):
    rng = np.random.default_rng(0)
    clip = rng.normal(size=(2, 9, 5)).astype(np.float32)
    nerf = rng.normal(size=(9, 6)).astype(np.float32)
    models = [MapperRun("a", "mse", 0, clip_set=0), MapperRun("a", "mse", 0, clip_set=1)]
    mapper_params = small(params, epochs=150, learning_rate=0.02, validate_every=50)
    data = Pairs.of_means(nerf, clip)
    results = outputs(train_many(MapperTask("nerf2clip", models, data, data, mapper_params, STUDY)), nerf)
    for i in range(2):
        assert ((results[i] - clip[i]) ** 2).mean() < 0.5 * ((results[i] - clip[1 - i]) ** 2).mean()


def test_a_stack_computes_what_its_mappers_compute_alone():
    widths, seeds = [4, 7, 3], [1, 2, 2**62]
    inputs = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(0))
    stack = Mappers(widths, seeds)
    expected = torch.stack([single(widths, seed)(inputs[i]) for i, seed in enumerate(seeds)])
    assert torch.allclose(stack(inputs), expected, atol=1e-6)
    same = next(iter(apply(stack.tensors(), inputs[0].numpy())))
    assert np.allclose(same, expected[0].detach().numpy(), atol=1e-6)


def test_making_a_mapper_leaves_the_global_generator_alone():
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    single([4, 4], 1)
    assert torch.equal(torch.rand(3), expected)


def test_a_training_that_diverges_is_an_error_that_names_its_models(params: Params):
    data = pairs(9, 1, 0)
    broken = replace(data, nerf=data.nerf * np.float32(np.nan))
    with pytest.raises(FloatingPointError, match="a seed=0"):
        train_many(MapperTask("clip2nerf", [MapperRun("a", "mse", 0)], broken, broken, small(params, epochs=1), STUDY))


def test_several_sets_of_nerf_vectors_together_are_each_alone(params: Params):
    mapper_params, sets = small(params), [pairs(19, 4, seed) for seed in (1, 2)]
    held_out = [pairs(7, 4, seed) for seed in (3, 4)]
    both, checked = (replace(of[0], nerf=np.stack([train_pairs.nerf for train_pairs in of])) for of in (sets, held_out))
    models = [MapperRun(name, "cosine", seed, nerf_set=i) for i, name in enumerate("ab") for seed in (0, 1)]
    joint = train_many(MapperTask("clip2nerf", models, both, checked, mapper_params, STUDY))
    for i in range(2):
        single_set = [replace(model, nerf_set=0) for model in models[2 * i : 2 * i + 2]]
        train, validation = (replace(of[0], nerf=of[i].nerf) for of in (sets, held_out))
        alone = train_many(MapperTask("clip2nerf", single_set, train, validation, mapper_params, STUDY))
        assert np.allclose(
            joint.history.validation_loss[:, 2 * i : 2 * i + 2], alone.history.validation_loss, rtol=1e-5
        )
        assert np.allclose(joint.tensors["weights.0"][2 * i : 2 * i + 2], alone.tensors["weights.0"], atol=1e-6)
    assert np.abs(joint.tensors["weights.0"][0] - joint.tensors["weights.0"][2]).max() > 0.01


def test_a_model_taken_out_of_its_stack_and_stacked_again_is_the_same():
    tensors = Mappers([4, 7, 3], [1, 2]).tensors()
    again = stacked(unstacked(tensors, 1))
    assert {name: value.tolist() for name, value in again.items()} == {
        name: value[1:].tolist() for name, value in tensors.items()
    }


def test_an_epoch_three_times_as_long_takes_three_times_as_many_steps(params: Params):
    """19 objects of 4 views, three times over: 228 pairs, 29 batches of 8; 4 epochs."""
    work = task(small(params, views_per_epoch=9), models=MODELS[:1])
    assert train_many(replace(work, epoch_multiple=3)).history.check_steps[-1] == 4 * 29
    assert train_many(work).history.check_steps[-1] == 4 * 10
