"""From CLIP vectors to vectors that nf2vec's decoder understands."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.seeds import seed_of
from fieldlink.mapper.trained_mappers import apply


def drawn(ids: Sequence[str], classes: Sequence[str], per_class: int, study_seed: int) -> list[str]:
    """At most `per_class` ids of each class, in the order given; which ones depends on nothing but seed and ids."""
    chosen: set[str] = set()
    for name in set(classes):
        own = [each for each, of in zip(ids, classes, strict=True) if of == name]
        chosen |= set(sorted(own, key=lambda each: seed_of(study_seed, "generation", each))[:per_class])
    return [each for each in ids if each in chosen]


def generated(
    tensors: Mapping[str, Float[np.ndarray, "..."]],
    config: Mapping[str, Any],
    clip: Float[np.ndarray, "query clip"],
    losses: Sequence[str],
    norm: float,
) -> Iterator[tuple[str, Float[np.ndarray, "query nerf"]]]:
    """v* = f(c) by the first training seed of each loss, and what to call it.

    MSE alone teaches f the norm of v; by any other loss v* is rescaled to `norm`, the mean ‖v‖ of the training set
    (protocol 12). If f was trained with none of `losses`, those it was trained with stand in.
    """
    models = config["models"]
    trained = [loss for loss in losses if any(model["loss"] == loss for model in models)]
    wanted = trained or list(dict.fromkeys(model["loss"] for model in models))
    outputs: dict[str, Float[np.ndarray, "query nerf"]] = {}
    for model, vectors in zip(models, apply(tensors, clip), strict=True):
        outputs.setdefault(model["loss"], vectors)
    for loss in wanted:
        yield (loss, outputs[loss]) if loss == "mse" else (f"{loss} rescaled", rescaled(outputs[loss], norm))


def by_owner(
    own: tuple[Sequence[str], Float[np.ndarray, "object nerf"]],
    asked: Mapping[str, tuple[Sequence[str], Float[np.ndarray, "_ clip"]]],
    kept: tuple[Mapping[str, Float[np.ndarray, "..."]], Mapping[str, Any]],
    losses: Sequence[str],
    norm: float,
) -> dict[str, dict[tuple[str, str], Float[np.ndarray, " nerf"]]]:
    """All that is to be decoded of each object and photo, by kind and method.

    `own`: objects and their NeRFs' vectors; `asked`: by kind, whose CLIP vectors; `kept`: tensors and config of f.
    """
    found = {name: {("nerf", "reconstruction"): vector} for name, vector in zip(*own, strict=True)}
    for kind, (owners, clip) in asked.items():
        for method, outputs in generated(*kept, clip, losses, norm):
            for name, vector in zip(owners, outputs, strict=True):
                found.setdefault(name, {})[kind, method] = vector
    return found


def rescaled(vectors: Float[np.ndarray, "row dim"], norm: float) -> Float[np.ndarray, "row dim"]:
    """The same directions, all of length `norm`; a zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors * (norm / np.maximum(length, np.finfo(np.float32).tiny))).astype(np.float32)
