"""Seconds and weights of every stage that trains mappers: tasks at their real sizes, a few measured steps of each."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from itertools import pairwise, product
from typing import get_args

import numpy as np

from fieldlink.core.params import Loss, Params
from fieldlink.core.variants import Direction, Source
from fieldlink.embeddings import nerf_embeddings
from fieldlink.mapper import batch_sweep
from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
from fieldlink.mapper.mapper_training import train_many
from fieldlink.mapper.pairs import Pairs
from fieldlink.mapper.translated_pairs import TRAINING_SETS
from fieldlink.preflight.data_folders import has_captions, has_depth
from fieldlink.preflight.hours import Counts
from fieldlink.preflight.timing import seconds_of_a_step


def tasks(params: Params, counts: Counts, clip: int) -> dict[str, list[MapperTask]]:
    """The trainings of each stage. `clip`: numbers of a CLIP vector. The training vectors take no memory."""
    mapper, views, nf2vec = params.mapper, params.scenes.views, params.nf2vec.embedding
    device, baselines = params.runtime.device, params.baselines

    def task(
        direction: Direction, losses: Sequence[Loss], rows: int, width: int = nf2vec, **changes: int
    ) -> MapperTask:
        pairs = _pairs(counts.train, rows, width, clip)
        models = [MapperRun("", loss, seed) for loss, seed in product(losses, mapper.seeds)]
        return MapperTask(direction, models, pairs, pairs, mapper.model_copy(update=changes), 0, device)

    def both_directions(losses: Sequence[Loss], rows: int, **changes: int) -> list[MapperTask]:
        return [task(direction, losses, rows, **changes) for direction in get_args(Direction)]

    zero_shot = params.zero_shot.losses * len(params.zero_shot.views) * len(get_args(Source))
    finetuned: tuple[Loss, ...] = ("cosine",) * len(params.finetuning.objectives)
    captions = params.captions.losses if has_captions(params) else ()
    syn2real = params.syn2real.losses * len(TRAINING_SETS) if has_depth(params) else ()
    with_copies = _pairs(counts.train * (1 + counts.copies), views, nf2vec, clip)
    originals = _pairs(counts.train, views, nf2vec, clip)
    sweep = batch_sweep.BatchSweep(originals, params.augmented, mapper, 0, device)
    per_epoch, epochs = {"views_per_epoch": params.syn2real.views_per_epoch}, {"epochs": baselines.epochs}
    widths = nerf_embeddings.widths(params)
    return {
        "zero_shot.train": task("nerf2clip", zero_shot, 1).split(params.runtime.workers),
        "retrieval.train": both_directions(params.retrieval.losses, views),
        "captions.train": both_directions(captions, 1, epochs=params.captions.epochs) if captions else [],
        "baselines.train": [task("clip2nerf", [baselines.clip2nerf], views, width, **epochs) for width in widths]
        + [task("nerf2clip", [baselines.nerf2clip], views, width, **epochs) for width in widths],
        "syn2real.train": both_directions(syn2real, 2 * params.syn2real.views, **per_epoch) if syn2real else [],
        "augmented.train": sweep.tasks(with_copies, originals),
        "finetuning.train": task("clip2nerf", finetuned, views).split(params.runtime.workers),
    }


def seconds(task: MapperTask, step_seconds: dict[Hashable, float]) -> float:
    """Seconds of a task's training without its validation.

    `step_seconds`: a cache of measured steps, by direction, losses, batch and width; a new measurement is added.
    """
    batch, width = task.sampler.batch, task.train.nerf.shape[-1]
    kind = task.direction, tuple(model.loss for model in task.models), batch, width
    if kind not in step_seconds:
        step_seconds[kind] = _seconds_of_a_step(task, batch)
    return step_seconds[kind] * task.all_steps


def weight_bytes(task: MapperTask) -> float:
    """Bytes of the weights and biases of a task's mappers."""
    widths = [task.train.clip.shape[2], *task.mapper.hidden, task.train.nerf.shape[-1]]
    return 4.0 * len(task.models) * sum((into + 1) * out for into, out in pairwise(widths))


def _seconds_of_a_step(task: MapperTask, batch: int) -> float:
    """Measured with the task's own models on a batch of noise."""
    random, nerf, clip = np.random.default_rng(0), task.train.nerf.shape[-1], task.train.clip.shape[2]
    vectors = random.standard_normal((batch, nerf), np.float32)
    pairs = Pairs.of_means(vectors, random.standard_normal((1, batch, clip), np.float32))

    def steps(count: int) -> None:
        mapper = task.mapper.model_copy(update={"epochs": count, "validate_every": count, "batch": batch})
        train_many(replace(task, train=pairs, validation=pairs, mapper=mapper, epoch_multiple=1, steps=None))

    return seconds_of_a_step(steps, task.device)


def _pairs(objects: int, rows: int, nerf: int, clip: int) -> Pairs:
    """Pairs of the given sizes, whose vectors are views of a single zero."""
    zero, counts = np.zeros((), np.float32), np.full(objects, rows)
    vectors, of_clip = np.broadcast_to(zero, (objects, nerf)), np.broadcast_to(zero, (1, 1, clip))
    return Pairs(nerf=vectors, clip=of_clip, first=np.zeros_like(counts), counts=counts)
