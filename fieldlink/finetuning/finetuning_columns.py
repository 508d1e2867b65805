"""What fine-tuning gives, as columns of datasets, a mapper's config and numbers to watch."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fieldlink.finetuning.finetuning_tasks import FinetuningResult, FinetuningTask
from fieldlink.finetuning.objectives import TERMS

Runs = Sequence[tuple[FinetuningTask, FinetuningResult]]


def mapper_config(task: FinetuningTask, run: FinetuningResult) -> dict[str, Any]:
    """As mappers have it that were trained alone."""
    layers = [value.shape for name, value in run.mapper.items() if name.startswith("weights.")]
    loss, step = TERMS[task.objective].loss, run.best_step
    return {
        "direction": "nerf2clip",
        "widths": [layers[0][2], *(shape[1] for shape in layers)],
        "activation": "gelu",
        "batch": min(task.batch, len(task.train.weights)),
        "steps": int(run.curve[-1, 0]),
        "models": [{"variant": task.variant, "loss": loss, "seed": task.seed, "best_step": step}],
    }


def vectors(runs: Runs, ids: Sequence[str], which: str) -> dict[str, Any]:
    """Columns of `mapped_embeddings`: `which` is "embeddings", E(w), or "mapped", g(E(w)), of the objects `ids`."""
    return {
        "variant": [task.variant for task, _ in runs for _ in ids],
        "seed": [task.seed for task, _ in runs for _ in ids],
        "domain": ["nerf"] * len(runs) * len(ids),
        "owner_id": [name for _ in runs for name in ids],
        "embedding": np.concatenate([getattr(run, which) for _, run in runs]),
    }


def curves(runs: Runs) -> dict[str, Any]:
    """Columns of `training_curves`: the mapping loss of both splits after every epoch."""
    rows = [
        (task.variant, task.seed, int(step), split, loss)
        for task, run in runs
        for step, *losses in run.curve
        for split, loss in zip(("train", "validation"), losses, strict=True)
    ]
    return dict(zip(("variant", "seed", "step", "split", "loss"), map(list, zip(*rows, strict=True)), strict=True))


def health(runs: Runs, rank_1: Mapping[tuple[str, int], float]) -> dict[str, dict[str, float]]:
    """By variant, means over seeds: class hits of nearest neighbours, in percent, and what the decoder gives back."""
    found: dict[str, list[tuple[float, float]]] = {}
    for task, run in runs:
        found.setdefault(task.variant, []).append((100 * rank_1[task.variant, task.seed], run.psnr))
    means = {name: np.mean(values, axis=0).round(2).tolist() for name, values in found.items()}
    return {name: {"rank_1": hits, "decoder_psnr": psnr} for name, (hits, psnr) in means.items()}
