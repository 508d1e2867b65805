"""Seconds of every stage that trains mappers: the tasks it will have, in sizes alone, and a few real steps of each."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import product
from typing import get_args

import numpy as np

from fieldlink.core.params import Loss, Params
from fieldlink.core.variants import Direction
from fieldlink.mapper import batch_sweep
from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
from fieldlink.mapper.mapper_training import train_many
from fieldlink.mapper.pair_batches import Sampler
from fieldlink.mapper.pairs import Pairs
from fieldlink.preflight.data_folders import has_captions, has_depth
from fieldlink.preflight.hours import Counts
from fieldlink.preflight.timing import seconds_of_a_step

SOURCES, SETS = 2, 2  # of zero-shot: rendered, ground truth; of syn2real: with translated views, without


def tasks(params: Params, counts: Counts, clip: int) -> dict[str, list[MapperTask]]:
    """What each stage trains, `clip` numbers wide on CLIP's side; the vectors are one zero, repeated."""
    mapper, views, nf2vec = params.mapper, params.scenes.views, params.nf2vec.embedding
    device, baselines = params.runtime.device, params.baselines

    def task(way: Direction, losses: Sequence[Loss], rows: int, width: int = nf2vec, **other: int) -> MapperTask:
        pairs, models = (
            _pairs(counts.learnt, rows, width, clip),
            [MapperRun("", *each) for each in product(losses, mapper.seeds)],
        )
        return MapperTask(way, models, pairs, pairs, mapper.model_copy(update=other), 0, device)

    def both(losses: Sequence[Loss], rows: int, **other: int) -> list[MapperTask]:
        return [task(way, losses, rows, **other) for way in get_args(Direction)]

    shown = params.zero_shot.losses * len(params.zero_shot.views) * SOURCES
    tuned: tuple[Loss, ...] = ("cosine",) * len(params.finetuning.objectives)
    said = params.captions.losses if has_captions(params) else ()
    translated = params.syn2real.losses * SETS if has_depth(params) else ()
    swept = [_pairs(number, views, nf2vec, clip) for number in (counts.learnt * (1 + counts.copies), counts.learnt)]
    chosen, few = {"views_per_epoch": params.syn2real.views_per_epoch}, {"epochs": baselines.epochs}
    spaces = nf2vec, baselines.components, baselines.modulation.latent
    return {
        "train_zero_shot_mappers": task("nerf2clip", shown, 1).split(),
        "train_retrieval_mappers": both(params.retrieval.losses, views),
        "train_caption_mappers": both(said, 1, epochs=params.captions.epochs) if said else [],
        "train_space_mappers": [task("clip2nerf", [baselines.clip2nerf], views, width, **few) for width in spaces]
        + [task("nerf2clip", [baselines.nerf2clip], views, width, **few) for width in spaces],
        "train_syn2real_mappers": both(translated, 2 * params.syn2real.views, **chosen) if translated else [],
        "train_augmented_mappers": batch_sweep.tasks(swept[0], swept[1], swept[1], params.augmented, mapper, 0, device),
        "train_finetuned_mappers": task("clip2nerf", tuned, views).split(6),
    }


def seconds(task: MapperTask, known: dict[Hashable, float]) -> float:
    """Of a task's training, its checks on validation aside; `known`: seconds of the steps that were timed already."""
    sampler, width = Sampler.of(task.train.counts, task.mapper, task.epoch_multiple), task.train.nerf.shape[-1]
    kind = task.direction, tuple(model.loss for model in task.models), sampler.batch, width
    if kind not in known:
        known[kind] = _seconds_of_a_step(task, sampler.batch)
    return known[kind] * sampler.steps * task.mapper.epochs


def _seconds_of_a_step(task: MapperTask, batch: int) -> float:
    """Its own models, on a batch of noise."""
    random, nerf, clip = np.random.default_rng(0), task.train.nerf.shape[-1], task.train.clip.shape[2]
    shapes = (batch, nerf), (1, batch, clip)
    pairs = Pairs.of_means(*(random.standard_normal(shape, np.float32) for shape in shapes))

    def steps(count: int) -> None:
        mapper = task.mapper.model_copy(update={"epochs": count, "validate_every": count, "batch": batch})
        train_many(replace(task, train=pairs, validation=pairs, mapper=mapper, epoch_multiple=1))

    return seconds_of_a_step(steps, task.device)


def _pairs(objects: int, rows: int, nerf: int, clip: int) -> Pairs:
    zero, counts = np.zeros((), np.float32), np.full(objects, rows)
    sizes = np.broadcast_to(zero, (objects, nerf)), np.broadcast_to(zero, (1, 1, clip))
    return Pairs(*sizes, np.zeros_like(counts), counts)
