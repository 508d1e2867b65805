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

    def places(self, variant: str) -> list[int]:
        """The places of the variant's training seeds in the stack; `InputError` names a variant that wasn't trained."""
        places = [place for place, model in enumerate(self.models) if model["variant"] == variant]
        if not places:
            variants = sorted({model["variant"] for model in self.models})
            raise InputError(
                f"{self.source}: no mapper {variant!r}, expected one of {variants}; does {self.parameters} ask for it?"
            )
        return places

    def one(self, variant: str, seed: int) -> dict[str, Float[np.ndarray, "..."]]:
        """The tensors of one mapper, as a stack of one. `InputError` names a seed that wasn't trained."""
        places = [place for place in self.places(variant) if self.models[place]["seed"] == seed]
        if not places:
            raise InputError(
                f"{self.source}: no mapper {variant!r} of seed {seed}, expected one of {self.seeds(variant)}"
            )
        return {name: stack[places] for name, stack in self.tensors.items()}

    def seeds(self, variant: str) -> list[int]:
        return [self.models[place]["seed"] for place in self.places(variant)]

    def outputs(self, variant: str, vectors: Float[np.ndarray, "row in"]) -> Float[np.ndarray, "seed row out"]:
        """The outputs of each training seed's mapper for `vectors`."""
        places = self.places(variant)
        return np.stack(list(apply({name: stack[places] for name, stack in self.tensors.items()}, vectors)))


def read(folder: Path, parameters: str) -> TrainedMappers:
    """The mappers of a model folder. `parameters`: of params.yaml, that decide which mappers there are."""
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

    `models`: places in the stack; by default all.
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
