"""Mappers that a study has trained and kept, found by variant and applied to other vectors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr

from fieldlink.core.errors import InputError


@dataclass(frozen=True)
class TrainedMappers:
    """Stacked tensors of a model folder and its config's list of models, in the same order."""

    tensors: Mapping[str, Float[np.ndarray, "..."]]
    models: Sequence[Mapping[str, Any]]
    where: str  # for errors: the folder
    asked_by: str  # and the parameters that decide which there are

    @staticmethod
    def of(
        model: tuple[Mapping[str, Float[np.ndarray, "..."]], Mapping[str, Any]], where: str, asked_by: str
    ) -> "TrainedMappers":
        """From a model folder's tensors and config."""
        return TrainedMappers(model[0], model[1]["models"], where, asked_by)

    def places(self, variant: str) -> list[int]:
        """Where the variant's training seeds stand; a variant that wasn't trained is an error that names it."""
        found = [place for place, model in enumerate(self.models) if model["variant"] == variant]
        if not found:
            known = sorted({model["variant"] for model in self.models})
            raise InputError(
                f"{self.where}: no mapper {variant!r}, expected one of {known}; does {self.asked_by} ask for it?"
            )
        return found

    def one(self, variant: str, seed: int) -> dict[str, Float[np.ndarray, "..."]]:
        """The tensors of one mapper, as a stack of one; a seed that wasn't trained is an error that names it."""
        found = [place for place in self.places(variant) if self.models[place]["seed"] == seed]
        if not found:
            raise InputError(
                f"{self.where}: no mapper {variant!r} of seed {seed}, expected one of {self.seeds(variant)}"
            )
        return {name: stack[found] for name, stack in self.tensors.items()}

    def seeds(self, variant: str) -> list[int]:
        return [self.models[place]["seed"] for place in self.places(variant)]

    def outputs(self, variant: str, vectors: Float[np.ndarray, "row in"]) -> Float[np.ndarray, "seed row out"]:
        """What each training seed's mapper makes of the vectors."""
        places = self.places(variant)
        return np.stack(list(apply({name: stack[places] for name, stack in self.tensors.items()}, vectors)))


def mapped(
    models: Sequence[tuple[str, int]],
    tensors: Mapping[str, Float[np.ndarray, "..."]],
    inputs: Mapping[str, tuple[Sequence[str], Float[np.ndarray, "_ _"]]],
) -> dict[str, Any]:
    """Columns of `mapped_embeddings`: every stacked model's outputs for the ids and vectors of each domain.

    `models`: variant and seed of each.
    """
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


def apply(
    tensors: Mapping[str, Float[np.ndarray, "..."]],
    inputs: Float[np.ndarray, "row in"],
    models: Sequence[int] | None = None,
) -> Iterator[Float[np.ndarray, "row out"]]:
    """The outputs of each of the stacked models, or of some by their places, for the same inputs, model by model.

    As `networks.Mappers` computes them; an evaluation that applies a few layers need not wait for torch.
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
