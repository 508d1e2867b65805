"""Training results of mappers as model folders, and their curves."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from fieldlink.core import saved_models
from fieldlink.mapper.mapper_tasks import MapperResult
from fieldlink.training import curves
from fieldlink.training.model_config import network_config


def config(result: MapperResult) -> dict[str, Any]:
    """Direction, network and, in the order of the stacked tensors, the models."""
    return {
        "direction": result.direction,
        **network_config(result.tensors, "gelu"),
        "batch": result.batch,
        "steps": result.history.steps,
        "models": [
            {"variant": model.variant, "loss": model.loss, "seed": model.seed, "best_step": int(step)}
            for model, step in zip(result.models, result.history.best_step, strict=True)
        ],
    }


def write(folder: Path, result: MapperResult) -> None:
    """Write one model folder of stacked mappers."""
    saved_models.write_model(folder, result.tensors, config(result))


def write_all(folder: Path, results: Mapping[str, MapperResult]) -> None:
    """Write a model folder for each name below `folder`, which is empty without results."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, result in results.items():
        write(folder / name, result)


def write_curves(folder: Path, results: Sequence[MapperResult], producer: str) -> None:
    """Write dataset `training_curves` of all models. `producer`: the stage that writes it."""
    curves.write(folder, [result.named_history for result in results], producer)
