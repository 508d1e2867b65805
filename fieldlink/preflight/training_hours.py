"""Hours of the trainings of the studies: a few real steps of each at its real sizes, times the steps asked for."""

from collections.abc import Hashable, Sequence

import numpy as np
import torch

from fieldlink.clip import clip_training as small_clip
from fieldlink.core.params import Objective, Params
from fieldlink.embeddings import functa
from fieldlink.finetuning import finetuning_tasks as finetuning
from fieldlink.finetuning.objectives import TERMS
from fieldlink.heads import head_tasks as heads
from fieldlink.mapper.mlps import single, stacked
from fieldlink.nerf.weight_layout import size as size_of
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.preflight import mapper_seconds
from fieldlink.preflight.hours import Counts
from fieldlink.preflight.rates import smaller
from fieldlink.preflight.timing import one_thread, seconds_of_a_step

MODULATED = 4  # NeRFs whose modulations are timed


def hours(params: Params, counts: Counts, clip: int) -> dict[str, float]:
    """By stage. `clip`: the width of CLIP's vectors."""
    found = {"provide_clip": _small_clip(params)} if params.clip.source == "train" else {}
    known: dict[Hashable, float] = {}
    with one_thread():
        for stage, tasks in mapper_seconds.tasks(params, counts, clip).items():
            found[stage] = _shared([mapper_seconds.seconds(task, known) for task in tasks], params)
        found["train_heads"] = _shared(
            [_heads(params, counts, width) for width in (params.nf2vec.embedding, clip)], params
        )
        found["finetune_nf2vec"] = _shared(_finetunings(params, counts, clip), params)
    found["embed_modulations"] = _modulations(params, counts)
    return {stage: seconds / 3600 for stage, seconds in found.items()}


def _shared(seconds: Sequence[float], params: Params) -> float:
    """Of tasks that worker processes share: no less than the longest."""
    return max([sum(seconds) / params.runtime.workers, *seconds])


def _noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape, np.float32)


def _small_clip(params: Params) -> float:
    how, side = params.clip, params.clip.network.resolution
    pictures = np.zeros((how.training.batch, side, side, 3), np.uint8)

    def steps(count: int) -> None:
        short = how.training.model_copy(update={"steps": count})
        same = ["a"] * len(pictures)
        small_clip.train(pictures, same, same, how.network, short, 0, device=params.runtime.device)

    return seconds_of_a_step(steps, params.runtime.device) * how.training.steps


def _heads(params: Params, counts: Counts, width: int) -> float:
    how, seeds, classes = params.embedding_spaces.heads, params.mapper.seeds, len(params.classes)
    batch = min(how.batch, counts.learnt)
    examples = heads.LabelledVectors(_noise(len(seeds), batch, width), np.arange(batch) % classes)

    def steps(count: int) -> None:
        short = how.model_copy(update={"epochs": count, "validate_every": count})
        heads.train(
            heads.HeadTask("", seeds, examples, examples, examples.vectors, classes, short, 0, params.runtime.device)
        )

    return seconds_of_a_step(steps, params.runtime.device) * how.epochs * -(-counts.learnt // how.batch)


def _finetunings(params: Params, counts: Counts, clip: int) -> list[float]:
    """Of every objective and seed."""
    how, seeds = params.finetuning, params.mapper.seeds
    model = Nf2vecModel(params.nf2vec, params.nerf.field, seed=0)
    mapper = stacked(single([params.nf2vec.embedding, *params.mapper.hidden[::-1], clip], seed=0))
    found = []
    for objective in how.objectives:
        size = how.batch if TERMS[objective].reconstructs else how.mapping_batch
        steps = max(counts.learnt // size, 1) * how.epochs
        found += [_finetuning_step(params, objective, (model, mapper), size) * steps] * len(seeds)
    return found


def _finetuning_step(
    params: Params, objective: Objective, start: tuple[Nf2vecModel, finetuning.Tensors], size: int
) -> float:
    """On a CPU of fewer NeRFs and points, scaled up as a step of nf2vec is."""
    device, (model, mapper) = params.runtime.device, start
    how, few, more = smaller(params.nf2vec, device)
    few, fewer = min(few, size), {"nf2vec": how.model_dump(mode="json")}
    bits = np.packbits(np.ones(params.nerf.fitting.occupancy**3, bool)).tobytes()
    clip = mapper[max(name for name in mapper if name.startswith("weights."))].shape[1]
    examples = finetuning.NerfExamples(_noise(few, size_of(params.nerf.field)), [bits] * few, _noise(few, clip))

    def steps(count: int) -> None:
        short = params.finetuning.model_copy(update={"epochs": count, "batch": few, "mapping_batch": few})
        sets = examples, examples, examples.weights
        nf2vec = model.tensors, model.config | fewer
        finetuning.train(finetuning.FinetuningTask(objective, 0, nf2vec, mapper, *sets, short, 0, device))

    return seconds_of_a_step(steps, device) * size / few * (more if TERMS[objective].reconstructs else 1.0)


def _modulations(params: Params, counts: Counts) -> float:
    """The base with the vectors of training NeRFs, then the vectors of all originals."""
    how, device = params.baselines.modulation, params.runtime.device
    base = functa.ModulatedField(how, params.nerf.field.octaves, seed=0).to(device)
    known = torch.zeros(MODULATED, how.pool, 3, device=device), torch.zeros(MODULATED, how.pool, 4, device=device)

    def learnt(count: int) -> None:
        base.requires_grad_(True)
        functa.fit_base(base, known, how.model_copy(update={"steps": count}), 0)

    def fitted(count: int) -> None:
        functa.fit_latents(base, known, how.model_copy(update={"fit_steps": count}), 0)

    learning, fitting = (seconds_of_a_step(steps, device) for steps in (learnt, fitted))
    return (learning * how.steps * counts.learnt + fitting * how.fit_steps * counts.originals) / MODULATED
