"""Hours of the studies' trainings: a few measured steps of each at its real sizes, times its number of steps."""

from collections.abc import Hashable, Sequence

import numpy as np
import torch

from fieldlink.clip import clip_training
from fieldlink.clip.captioned_pairs import CaptionedPictures
from fieldlink.clip.clip_sources import clip_source
from fieldlink.core.params import Objective, Params
from fieldlink.embeddings import functa_fields
from fieldlink.finetuning import finetuning_tasks, finetuning_work
from fieldlink.finetuning.objectives import OBJECTIVES
from fieldlink.heads import head_tasks, head_work
from fieldlink.mapper.mlps import single, stacked
from fieldlink.nerf.weight_layout import size
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.preflight import mapper_seconds
from fieldlink.preflight.hours import Counts
from fieldlink.preflight.rates import reduced_step
from fieldlink.preflight.timing import by_all_threads, one_thread, seconds_of_a_step

IN_ONE_PROCESS = {"backbone.provide_clip", "baselines.embed"}  # of all threads
MODULATED_NERFS = 4  # NeRFs whose modulations are measured


def hours(params: Params, counts: Counts, clip: int) -> dict[str, float]:
    """Hours by stage. `clip`: numbers of a CLIP vector."""
    seconds: dict[str, float] = {}
    step_seconds: dict[Hashable, float] = {}
    with one_thread():
        if clip_source(params.clip.source).trains:
            seconds["backbone.provide_clip"] = _small_clip(params)
        for stage, tasks in mapper_seconds.tasks(params, counts, clip).items():
            seconds[stage] = _by_workers([mapper_seconds.seconds(task, step_seconds) for task in tasks], params)
        heads = [_heads(params, counts, width) for width in (params.nf2vec.embedding, clip)]
        seconds["embedding_spaces.train"] = _by_workers(heads, params)
        seconds["finetuning.finetune_nf2vec"] = _by_workers(_finetunings(params, counts, clip), params)
        seconds["baselines.embed"] = _modulations(params, counts)  # others take little time
    for stage in seconds.keys() & IN_ONE_PROCESS:
        seconds[stage] = by_all_threads(seconds[stage], params.runtime.device)
    return {stage: value / 3600 for stage, value in seconds.items()}


def _by_workers(seconds: Sequence[float], params: Params) -> float:
    """Seconds of tasks that worker processes share; at least those of the longest task."""
    return max([sum(seconds) / params.runtime.workers, *seconds])


def _noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape, np.float32)


def _small_clip(params: Params) -> float:
    network, training, device = params.clip.network, params.clip.training, params.runtime.device
    pictures = np.zeros((training.batch, network.resolution, network.resolution, 3), np.uint8)
    texts = ["a"] * len(pictures)
    pairs = CaptionedPictures(pictures, texts, texts)

    def steps(count: int) -> None:
        short = training.model_copy(update={"steps": count})
        clip_training.train(pairs, pairs, network, short, 0, device=device)

    return seconds_of_a_step(steps, device) * training.steps


def _heads(params: Params, counts: Counts, width: int) -> float:
    heads, seeds, classes = params.embedding_spaces.heads, params.mapper.seeds, len(params.classes)
    batch, device = min(heads.batch, counts.train), params.runtime.device
    examples = head_tasks.LabelledVectors(_noise(len(seeds), batch, width), np.arange(batch) % classes)

    def steps(count: int) -> None:
        short = heads.model_copy(update={"epochs": count, "validate_every": count})
        head_work.train(head_tasks.HeadTask("nerf_embedding", seeds, examples, examples, classes, short, 0, device))

    return seconds_of_a_step(steps, device) * heads.epochs * -(-counts.train // heads.batch)


def _finetunings(params: Params, counts: Counts, clip: int) -> list[float]:
    """Seconds of each objective and seed."""
    finetuning, seeds = params.finetuning, params.mapper.seeds
    model = Nf2vecModel(params.nf2vec, params.nerf.field, seed=0)
    mapper = stacked(single([params.nf2vec.embedding, *params.mapper.hidden[::-1], clip], seed=0))
    seconds = []
    for objective in finetuning.objectives:
        batch = finetuning.batch if OBJECTIVES[objective].reconstructs else finetuning.mapping_batch
        steps = max(counts.train // batch, 1) * finetuning.epochs
        seconds += [_finetuning_step(params, objective, model, mapper, batch) * steps] * len(seeds)
    return seconds


def _finetuning_step(
    params: Params, objective: Objective, model: Nf2vecModel, mapper: finetuning_tasks.Tensors, batch: int
) -> float:
    """Seconds of a step; on a CPU measured with fewer NeRFs and points, and scaled up as a step of nf2vec is."""
    device = params.runtime.device
    reduced = reduced_step(params.nf2vec, device)
    nerfs, changes = min(reduced.nerfs, batch), {"nf2vec": reduced.nf2vec.model_dump(mode="json")}
    bits = np.packbits(np.ones(params.nerf.fitting.occupancy**3, bool)).tobytes()
    clip = mapper[max(name for name in mapper if name.startswith("weights."))].shape[1]
    examples = finetuning_tasks.NerfExamples(
        _noise(nerfs, size(params.nerf.field)), [bits] * nerfs, _noise(nerfs, clip)
    )

    def steps(count: int) -> None:
        short = params.finetuning.model_copy(update={"epochs": count, "batch": nerfs, "mapping_batch": nerfs})
        nf2vec = finetuning_tasks.SavedNf2vec(model.tensors, model.config | changes)
        finetuning_work.train(
            finetuning_tasks.FinetuningTask(objective, 0, nf2vec, mapper, examples, examples, short, 0, device)
        )

    scale = reduced.scale if OBJECTIVES[objective].reconstructs else 1.0
    return seconds_of_a_step(steps, device) * batch / nerfs * scale


def _modulations(params: Params, counts: Counts) -> float:
    """Seconds of the base with the vectors of training NeRFs, then of the vectors of all originals."""
    functa, device = params.baselines.embeddings.functa, params.runtime.device
    base = functa_fields.ModulatedField(functa, params.nerf.field.octaves, seed=0).to(device)
    points, targets = (torch.zeros(MODULATED_NERFS, functa.pool, columns, device=device) for columns in (3, 4))

    def learn(count: int) -> None:
        base.requires_grad_(True)
        functa_fields.fit_base(base, (points, targets), functa.model_copy(update={"steps": count}), 0)

    def fit(count: int) -> None:
        functa_fields.fit_latents(base, (points, targets), functa.model_copy(update={"fit_steps": count}), 0)

    learning, fitting = (seconds_of_a_step(steps, device) for steps in (learn, fit))
    total = learning * functa.steps * counts.train + fitting * functa.fit_steps * counts.originals
    return total / MODULATED_NERFS
