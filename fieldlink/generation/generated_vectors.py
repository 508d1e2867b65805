"""Vectors for nf2vec's decoder, generated from CLIP vectors by clip2nerf."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.core.params import Loss
from fieldlink.core.seeds import seed_of
from fieldlink.core.variants import Variant
from fieldlink.mapper.losses import LOSSES
from fieldlink.mapper.trained_mappers import apply

Vectors = tuple[Sequence[str], Float[np.ndarray, "row dim"]]  # ids, and the vector of each id


def draw_ids(ids: Sequence[str], classes: Sequence[str], per_class: int, study_seed: int) -> list[str]:
    """At most `per_class` ids of each class, in the order of `ids`. The draw depends on the seed and the ids alone."""
    selection: set[str] = set()
    for class_name in set(classes):
        members = [name for name, member_class in zip(ids, classes, strict=True) if member_class == class_name]
        selection |= set(sorted(members, key=lambda name: seed_of(study_seed, "generation", name))[:per_class])
    return [name for name in ids if name in selection]


def generate_vectors(
    tensors: Mapping[str, Float[np.ndarray, "..."]],
    config: Mapping[str, Any],
    clip: Float[np.ndarray, "query clip"],
    losses: Sequence[Loss],
    norm: float,
) -> Iterator[tuple[str, Float[np.ndarray, "query nerf"]]]:
    """For each loss, the text of the method and v* = f(c), where f is the mapper of the first training seed.

    `tensors` and `config` are those of the model folder of f. `norm` is the mean ‖v‖ of the training set. If a loss
    leaves the norm free, v* is rescaled to it (protocol 12). If f was trained with none of `losses`, all its own losses
    are used.
    Raises `InputError` for a loss that isn't in the registry.
    """
    models = config["models"]
    available = list(dict.fromkeys(model["loss"] for model in models))
    used_losses = [loss for loss in losses if loss in available] or available
    outputs: dict[str, Float[np.ndarray, "query nerf"]] = {}
    for model, vectors in zip(models, apply(tensors, clip), strict=True):
        outputs.setdefault(model["loss"], vectors)
    for loss in used_losses:
        if loss not in LOSSES:
            raise InputError(f"mappers: trained with loss {loss!r}, expected one of {list(LOSSES)}")
        is_free = LOSSES[loss].norm_free
        yield Variant(loss=loss, rescaled=is_free).text, rescale(outputs[loss], norm) if is_free else outputs[loss]


def vectors_by_owner(
    nerfs: Vectors,
    clip: Mapping[str, Vectors],
    clip2nerf: tuple[Mapping[str, Float[np.ndarray, "..."]], Mapping[str, Any]],
    losses: Sequence[Loss],
    norm: float,
) -> dict[str, dict[tuple[str, str], Float[np.ndarray, " nerf"]]]:
    """For each object and photo, all vectors to be decoded, by kind of input and method.

    `nerfs`: NeRF vectors of objects. `clip`: CLIP vectors by kind of input (gt, caption, photo). `clip2nerf`: tensors
    and config. `losses`, `norm`: as in `generate_vectors`.
    """
    method = Variant(method="reconstruction").text
    (ids, nerf_vectors), (tensors, config) = nerfs, clip2nerf
    vectors = {name: {("nerf", method): vector} for name, vector in zip(ids, nerf_vectors, strict=True)}
    for kind, (owners, inputs) in clip.items():
        for method, outputs in generate_vectors(tensors, config, inputs, losses, norm):
            for name, vector in zip(owners, outputs, strict=True):
                vectors.setdefault(name, {})[kind, method] = vector
    return vectors


def mean_norm(vectors: Float[np.ndarray, "row dim"]) -> float:
    """The mean Euclidean length."""
    return float(np.linalg.norm(vectors, axis=1).mean())


def rescale(vectors: Float[np.ndarray, "row dim"], norm: float) -> Float[np.ndarray, "row dim"]:
    """The same directions, all of length `norm`; a zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors * (norm / np.maximum(length, np.finfo(np.float32).tiny))).astype(np.float32)
