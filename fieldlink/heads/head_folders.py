"""Training results of heads as the config of a model folder, and logits as a dataset."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets, saved_models
from fieldlink.core.schemas import LOGITS
from fieldlink.heads.head_tasks import HeadResult, LogitsTask, head_variant_text
from fieldlink.training.model_config import network_config


def config(result: HeadResult) -> dict[str, Any]:
    """Space, network and, in the order of the stacked tensors, the models."""
    assert result.history.accuracy is not None
    check = np.searchsorted(result.history.check_steps, result.history.best_step)  # whose state each head has
    best = result.history.accuracy[check, np.arange(len(check))]
    return {
        "space": result.space,
        **network_config(result.tensors, "relu"),
        "steps": result.history.steps,
        "models": [
            {"seed": seed, "best_step": int(step), "validation_accuracy": round(100 * float(accuracy), 4)}
            for seed, step, accuracy in zip(result.seeds, result.history.best_step, best, strict=True)
        ],
    }


def write_all(folder: Path, results: Sequence[HeadResult]) -> None:
    """Write a model folder for each space below `folder`."""
    for result in results:
        saved_models.write_model(folder / result.space, result.tensors, config(result))


def logits_columns(
    space: str, seeds: Sequence[int], ids: Sequence[str], logits: Float[np.ndarray, "model row class"]
) -> dict[str, Any]:
    """Columns of dataset `logits`: those of the heads of every seed for the objects `ids`."""
    return {
        "variant": [head_variant_text(space)] * (len(seeds) * len(ids)),
        "seed": [seed for seed in seeds for _ in ids],
        "object_id": list(ids) * len(seeds),
        "logits": logits.reshape(len(seeds) * len(ids), -1),
    }


def write_logits(
    folder: Path,
    tasks: Sequence[LogitsTask],
    results: Sequence[Float[np.ndarray, "model row class"]],
    ids: Sequence[str],
    producer: str,
) -> None:
    """Write dataset `logits` of the objects `ids` by the heads of every task. `producer`: the stage that writes it."""
    tables = [
        datasets.table(LOGITS, logits_columns(task.space, task.seeds, ids, logits))
        for task, logits in zip(tasks, results, strict=True)
    ]
    rows = pa.concat_tables(tables).sort_by([(key, "ascending") for key in LOGITS.key])
    datasets.write(folder, LOGITS, [rows], producer)
