"""What training gives, as columns of datasets and as a model's config."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.mapper import trained_mappers
from fieldlink.mapper.mapper_tasks import MapperResult


def config(trained: MapperResult) -> dict[str, Any]:
    """What made the stacked tensors, in their order."""
    layers = [shape.shape for name, shape in trained.tensors.items() if name.startswith("weights.")]
    return {
        "direction": trained.direction,
        "widths": [layers[0][2], *(shape[1] for shape in layers)],
        "activation": "gelu",
        "batch": trained.batch,
        "steps": int(trained.check_steps[-1]),
        "models": [
            {"variant": model.variant, "loss": model.loss, "seed": model.seed, "best_step": int(step)}
            for model, step in zip(trained.models, trained.best_step, strict=True)
        ],
    }


def curves(parts: Sequence[MapperResult]) -> dict[str, Any]:
    """Columns of `training_curves`: every model's loss of both splits at every check."""
    rows = [
        (model.variant, model.seed, int(step), split, float(loss))
        for trained in parts
        for split, losses in (("train", trained.train_loss), ("validation", trained.validation_loss))
        for model, own in zip(trained.models, losses.T, strict=True)
        for step, loss in zip(trained.check_steps, own, strict=True)
    ]
    names = ("variant", "seed", "step", "split", "loss")
    return {name: [row[place] for row in rows] for place, name in enumerate(names)}


def mapped(
    trained: MapperResult, inputs: Mapping[str, tuple[Sequence[str], Float[np.ndarray, "_ _"]]]
) -> dict[str, Any]:
    """Columns of `mapped_embeddings`: every model's outputs for the ids and vectors of each domain."""
    return trained_mappers.mapped([(model.variant, model.seed) for model in trained.models], trained.tensors, inputs)
