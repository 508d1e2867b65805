"""Trained mappers, read from a model folder: found by variant, and applied to vectors without torch."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr

from fieldlink.core import saved_models
from fieldlink.core.errors import InputError

# The vectors that mappers are applied to: by domain, their ids and the vectors themselves.
MapperInputs = Mapping[str, tuple[Sequence[str], Float[np.ndarray, "_ _"]]]


@dataclass(frozen=True)
class TrainedMappers:
    """Stacked tensors of a model folder and its config's list of models, in the same order."""

    tensors: Mapping[str, Float[np.ndarray, "..."]]
    models: Sequence[Mapping[str, Any]]
    source: str  # the folder, for errors
    parameters: str  # that decide which mappers there are, for errors

    def indices(self, variant: str) -> list[int]:
        """The indices in the stack of the variant's training seeds. One that wasn't trained is an `InputError`."""
        indices = [index for index, model in enumerate(self.models) if model["variant"] == variant]
        if not indices:
            variants = sorted({model["variant"] for model in self.models})
            raise InputError(
                f"{self.source}: no mapper {variant!r}, expected one of {variants}; does {self.parameters} ask for it?"
            )
        return indices

    def single(self, variant: str, seed: int) -> dict[str, Float[np.ndarray, "..."]]:
        """The tensors of one mapper, as a stack of one. `InputError` names a seed that wasn't trained."""
        indices = [index for index in self.indices(variant) if self.models[index]["seed"] == seed]
        if not indices:
            raise InputError(
                f"{self.source}: no mapper {variant!r} of seed {seed}, expected one of {self.seeds(variant)}"
            )
        return {name: stack[indices] for name, stack in self.tensors.items()}

    def seeds(self, variant: str) -> list[int]:
        return [self.models[index]["seed"] for index in self.indices(variant)]

    def outputs(self, variant: str, vectors: Float[np.ndarray, "row in"]) -> Float[np.ndarray, "seed row out"]:
        """The outputs of each training seed's mapper for `vectors`."""
        indices = self.indices(variant)
        return np.stack(list(apply({name: stack[indices] for name, stack in self.tensors.items()}, vectors)))


def read(folder: Path, parameters: str) -> TrainedMappers:
    """The mappers of a model folder. `parameters`: keys of params.yaml that decide which mappers there are."""
    tensors, config = saved_models.read_model(folder)
    return TrainedMappers(tensors, config["models"], str(folder), parameters)


def mapped_columns(
    tensors: Mapping[str, Float[np.ndarray, "..."]], config: Mapping[str, Any], inputs: MapperInputs
) -> dict[str, Any]:
    """Columns of `mapped_embeddings`: the outputs of every mapper of a model folder for the vectors of each domain."""
    models = variants_and_seeds(config)
    columns: dict[str, list[Any]] = {"variant": [], "seed": [], "domain": [], "owner_id": [], "embedding": []}
    for domain, (ids, vectors) in inputs.items():
        for (variant, seed), outputs in zip(models, apply(tensors, vectors), strict=True):
            columns["variant"] += [variant] * len(ids)
            columns["seed"] += [seed] * len(ids)
            columns["domain"] += [domain] * len(ids)
            columns["owner_id"] += ids
            columns["embedding"].append(outputs)
    return {**columns, "embedding": np.concatenate(columns["embedding"])}


def variants_and_seeds(config: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Variant and seed of each of the stacked models of a model folder's config."""
    return [(model["variant"], model["seed"]) for model in config["models"]]


def apply(
    tensors: Mapping[str, Float[np.ndarray, "..."]],
    inputs: Float[np.ndarray, "row in"],
    models: Sequence[int] | None = None,
) -> Iterator[Float[np.ndarray, "row out"]]:
    """The outputs of each of the stacked models for the same inputs, as `mlps.Mappers` computes them, without torch.

    `models`: indices in the stack; by default all.
    """
    for model in range(len(tensors["weights.0"])) if models is None else models:
        hidden = inputs
        for layer in range(len(tensors) // 2):
            weight, bias = (tensors[f"{kind}.{layer}"][model] for kind in ("weights", "biases"))
            hidden = (_gelu(hidden) if layer else hidden) @ weight.T + bias
        yield hidden


def _gelu(x: Float[np.ndarray, "row unit"]) -> Float[np.ndarray, "row unit"]:
    """x Φ(x), Φ the standard normal distribution (Hendrycks and Gimpel 2016)."""
    return x * ndtr(x)
