"""From CLIP vectors to vectors that nf2vec's decoder understands."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.core.params import Loss
from fieldlink.core.seeds import seed_of
from fieldlink.core.variants import Variant
from fieldlink.mapper.loss_registry import LOSSES
from fieldlink.mapper.trained_mappers import apply

Vectors = tuple[Sequence[str], Float[np.ndarray, "row dim"]]  # ids, and a vector of each


def drawn(ids: Sequence[str], classes: Sequence[str], per_class: int, study_seed: int) -> list[str]:
    """At most `per_class` ids of each class, in the order of `ids`; the draw depends on the seed and the ids alone."""
    chosen: set[str] = set()
    for class_name in set(classes):
        members = [name for name, other in zip(ids, classes, strict=True) if other == class_name]
        chosen |= set(sorted(members, key=lambda name: seed_of(study_seed, "generation", name))[:per_class])
    return [name for name in ids if name in chosen]


def generated(
    tensors: Mapping[str, Float[np.ndarray, "..."]],
    config: Mapping[str, Any],
    clip: Float[np.ndarray, "query clip"],
    losses: Sequence[Loss],
    norm: float,
) -> Iterator[tuple[str, Float[np.ndarray, "query nerf"]]]:
    """v* = f(c) by the first training seed of each loss, and the text of its method.

    `tensors` and `config`: of the model folder of f. By a loss that leaves the norm free v* is rescaled to `norm`, the
    mean ‖v‖ of the training set (protocol 12). If f was trained with none of `losses`, those it was trained with stand
    in. Raises `InputError` for a loss that isn't in the registry.
    """
    models = config["models"]
    trained = [loss for loss in losses if any(model["loss"] == loss for model in models)]
    wanted = trained or list(dict.fromkeys(model["loss"] for model in models))
    outputs: dict[str, Float[np.ndarray, "query nerf"]] = {}
    for model, vectors in zip(models, apply(tensors, clip), strict=True):
        outputs.setdefault(model["loss"], vectors)
    for loss in wanted:
        if loss not in LOSSES:
            raise InputError(f"mappers: trained with loss {loss!r}, expected one of {list(LOSSES)}")
        free = LOSSES[loss].leaves_norm_free
        yield Variant(loss=loss, rescaled=free).text, rescaled(outputs[loss], norm) if free else outputs[loss]


def by_owner(
    nerfs: Vectors,
    clip: Mapping[str, Vectors],
    clip2nerf: tuple[Mapping[str, Float[np.ndarray, "..."]], Mapping[str, Any]],
    losses: Sequence[Loss],
    norm: float,
) -> dict[str, dict[tuple[str, str], Float[np.ndarray, " nerf"]]]:
    """All vectors to be decoded for each object and photo, by kind and method.

    `nerfs`: of objects; `clip`: by kind (gt, caption, photo); `clip2nerf`: tensors and config.
    """
    method = Variant(method="reconstruction").text
    vectors = {name: {("nerf", method): vector} for name, vector in zip(*nerfs, strict=True)}
    for kind, (owners, inputs) in clip.items():
        for method, outputs in generated(*clip2nerf, inputs, losses, norm):
            for name, vector in zip(owners, outputs, strict=True):
                vectors.setdefault(name, {})[kind, method] = vector
    return vectors


def mean_norm(vectors: Float[np.ndarray, "row dim"]) -> float:
    """The mean length."""
    return float(np.linalg.norm(vectors, axis=1).mean())


def rescaled(vectors: Float[np.ndarray, "row dim"], norm: float) -> Float[np.ndarray, "row dim"]:
    """The same directions, all of length `norm`; a zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors * (norm / np.maximum(length, np.finfo(np.float32).tiny))).astype(np.float32)
