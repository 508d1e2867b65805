"""What training gives, as columns of datasets and as a model's config."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from stages.mapper.kept import apply
from stages.mapper.tasks import Trained


def config(trained: Trained) -> dict[str, Any]:
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


def curves(parts: Sequence[Trained]) -> dict[str, Any]:
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


def mapped(trained: Trained, inputs: Mapping[str, tuple[Sequence[str], Float[np.ndarray, "_ _"]]]) -> dict[str, Any]:
    """Columns of `mapped_embeddings`: every model's outputs for the ids and vectors of each domain."""
    return mapped_by([(model.variant, model.seed) for model in trained.models], trained.tensors, inputs)


def mapped_by(
    models: Sequence[tuple[str, int]],
    tensors: Mapping[str, Float[np.ndarray, "..."]],
    inputs: Mapping[str, tuple[Sequence[str], Float[np.ndarray, "_ _"]]],
) -> dict[str, Any]:
    """As `mapped`, by stacked tensors and the variant and seed of each."""
    columns: dict[str, list[Any]] = {"variant": [], "seed": [], "domain": [], "owner_id": [], "embedding": []}
    for domain, (ids, vectors) in inputs.items():
        for (variant, seed), outputs in zip(models, apply(tensors, vectors), strict=True):
            columns["variant"] += [variant] * len(ids)
            columns["seed"] += [seed] * len(ids)
            columns["domain"] += [domain] * len(ids)
            columns["owner_id"] += ids
            columns["embedding"].append(outputs)
    return {**columns, "embedding": np.concatenate(columns["embedding"])}


def names(config: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Variant and seed of each of the stacked models that a kept config describes."""
    return [(model["variant"], model["seed"]) for model in config["models"]]
