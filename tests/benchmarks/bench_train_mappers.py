"""Training mappers: 12 variants (two losses on six sets of CLIP vectors) with all seeds each, as Table 4.1 has them.

The baseline trains one after another: a DataLoader over a TensorDataset, an nn.Sequential, the same loss functions,
AdamW with OneCycle, as many steps of the same batches' size, validation as often, and the best weights kept. Its
products have the precision of ours, by torch's autocast, which makes it a little faster. It is run with one thread,
because a second one makes products this small slower, and without loader processes, which vectors in memory don't need.
Ours is what train_zero_shot_mappers does with two workers.
"""

import copy
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Protocol

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from benchmarks import limits
from benchmarks.measuring import in_warm_workers, interleaved, keep
from fieldlink.core.devices import precision, timed_run
from fieldlink.core.params import MapperParams, Params
from fieldlink.mapper.losses import loss_of, start_of
from fieldlink.mapper.mapper_tasks import MODELS_AT_ONCE, MapperRun, MapperTask, joined
from fieldlink.mapper.mapper_training import train_many
from fieldlink.mapper.mlps import single
from fieldlink.mapper.pairs import Pairs

pytestmark = pytest.mark.bench

NERF, CLIP, SETS, TRAIN, VALIDATION = 256, 128, 6, 312, 104  # widths and objects of the default study


def pairs(count: int, seed: int, widths: tuple[int, int] = (NERF, CLIP)) -> Pairs:
    """CLIP vectors that are a noisy linear function of NeRF vectors, noisier from set to set."""
    random, way = np.random.default_rng(seed), np.random.default_rng(0).normal(size=widths) / widths[0] ** 0.5
    nerf = random.normal(size=(count, widths[0]))
    clip = np.stack([nerf @ way + (0.2 + 0.1 * i) * random.normal(size=(count, widths[1])) for i in range(SETS)])
    return Pairs.of_means(nerf.astype(np.float32), clip.astype(np.float32))


def task(mapper_params: MapperParams, seed: int) -> MapperTask:
    return MapperTask("nerf2clip", models(mapper_params), pairs(TRAIN, 1), pairs(VALIDATION, 2), mapper_params, seed)


def models(mapper_params: MapperParams) -> list[MapperRun]:
    """Twelve variants, with each seed."""
    return [
        MapperRun(f"{loss} {clip_set}", loss, model_seed, clip_set)
        for loss in ("cosine", "siglip")
        for clip_set in range(SETS)
        for model_seed in mapper_params.seeds
    ]


def ours(whole: MapperTask, warm: MapperTask) -> tuple[float, float]:
    parts = whole.split(2)
    seconds, trained = in_warm_workers(train_many, parts, warm, 2)
    return seconds, float(joined(trained).history.validation_loss.min(0).mean())


def baseline(whole: MapperTask) -> float:
    """Mean over models of the lowest validation loss."""
    torch.set_num_threads(1)
    return one_after_another(whole, by_loader)


class Batches(Protocol):
    """Of inputs and targets, as often as asked."""

    def __iter__(self) -> Iterator[list[Tensor]]: ...

    def __len__(self) -> int: ...


Batched = Callable[[Tensor, Tensor, int, bool], Batches]  # inputs, targets, pairs a batch, shuffled anew every time?


def by_loader(inputs: Tensor, targets: Tensor, batch: int, shuffle: bool) -> Batches:
    return DataLoader(TensorDataset(inputs, targets), batch, shuffle=shuffle)


def one_after_another(whole: MapperTask, batched: Batched, most: int | None = None) -> float:
    return float(np.mean([one_by_one(model, whole, batched) for model in whole.models[:most]]))


def one_by_one(model: MapperRun, whole: MapperTask, batched: Batched) -> float:
    """Train one mapper; its lowest validation loss."""
    mapper_params, device = whole.mapper, whole.device
    (inputs, targets), checked = (
        [torch.from_numpy(array).to(device) for array in (part.nerf, part.clip[model.clip_set])]
        for part in (whole.train, whole.validation)
    )
    torch.manual_seed(model.seed)
    learning, checking = (
        batched(inputs, targets, mapper_params.batch, True),
        batched(*checked, mapper_params.batch, False),
    )
    network = single([inputs.shape[1], *reversed(mapper_params.hidden), targets.shape[1]], model.seed).to(device)
    scale, bias = (torch.nn.Parameter(torch.tensor(value, device=device)) for value in start_of(model.loss))
    groups = [{"params": network.parameters()}, {"params": [scale, bias], "weight_decay": 0.0}]
    adam = torch.optim.AdamW(groups, mapper_params.learning_rate, weight_decay=mapper_params.weight_decay, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        adam, mapper_params.learning_rate, total_steps=len(learning) * mapper_params.epochs
    )
    best, best_weights = float("inf"), network.state_dict()
    for epoch in range(1, mapper_params.epochs + 1):
        for x, y in learning:
            with precision(mapper_params.precision, device):
                outputs = network(x)
            loss = loss_of(model.loss, outputs.float(), y, scale, bias)
            adam.zero_grad()
            loss.backward()
            adam.step()
            schedule.step()
        if epoch % mapper_params.validate_every == 0 or epoch == mapper_params.epochs:
            with torch.no_grad():
                losses = [loss_of(model.loss, network(x), y, scale, bias) * len(x) for x, y in checking]
            measured = torch.stack(losses).sum().item() / len(checked[0])
            if measured < best:
                best, best_weights = measured, copy.deepcopy(network.state_dict())
    network.load_state_dict(best_weights)
    return best


def least_seconds(whole: MapperTask, at_once: int = MODELS_AT_ONCE["cpu"]) -> float:
    """Seconds of all mappers' products, forward and backward, as many mappers at once as a worker trains."""
    mapper_params = whole.mapper
    widths = [NERF, *reversed(mapper_params.hidden), CLIP]
    with precision(mapper_params.precision, "cpu"):
        dtype = torch.mm(torch.ones(1, 1), torch.ones(1, 1)).dtype
    layers = [limits.Layer(at_once, mapper_params.batch, *pair, dtype) for pair in pairwise(widths)]
    # a layer's output, its weights' gradient and its input's gradient, which the first layer doesn't need
    products = limits.seconds_of_products(layers, 3.0) - limits.seconds_of_products(layers[:1], 1.0)
    steps = mapper_params.epochs * math.ceil(TRAIN / mapper_params.batch)
    return len(whole.models) / at_once * steps * products


def test_train_mappers(params: Params, quick: bool):
    mapper_params = params.mapper.model_copy(update={"epochs": 5}) if quick else params.mapper
    whole = task(mapper_params, params.study.seed)
    whole = replace(whole, models=whole.models[:2]) if quick else whole
    warm = replace(task(mapper_params.model_copy(update={"epochs": 5}), 1), models=whole.models[:2])
    ways = {"baseline": lambda: timed_run(lambda: baseline(whole)), "ours": lambda: ours(whole, warm)}
    rounds = interleaved(ways, 1 if quick else 5)
    keep(
        "train_mappers",
        ">= 4 x in each of five runs",
        __doc__,
        unit=f"for {len(whole.models)} mappers",
        seconds={side: [took for took, _ in runs] for side, runs in rounds.items()},
        quality=({"validation loss": rounds["baseline"][0][1]}, {"validation loss": rounds["ours"][0][1]}),
        limit=least_seconds(whole),
        sizes={
            "models": len(whole.models),
            "objects": TRAIN,
            "epochs": mapper_params.epochs,
            "batch": mapper_params.batch,
        },
    )
