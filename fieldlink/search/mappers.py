"""The trained mappers of a study by the names that a user gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float

from fieldlink.core import saved_models
from fieldlink.core.errors import InputError
from fieldlink.core.sealed_folders import read_description
from fieldlink.mapper import trained_mappers
from fieldlink.search.answers import Seed, Variant
from fieldlink.search.places import STUDIES, StudyPlaces

ALL_KINDS = ("text", "image", "mesh", "nerf")
FIRST = "nerf2clip cosine"  # the default, where a study has it: best of the default study's by views, photos and texts


@dataclass(frozen=True)
class MapperFolder:
    """A model folder, read once for all variants in it."""

    path: Path
    study: str

    @cached_property
    def trained(self) -> trained_mappers.TrainedMappers:
        return trained_mappers.read(self.path, f"the study {self.study}")


@dataclass(frozen=True)
class Mapper:
    """One variant, in a model folder."""

    variant: Variant
    text: str  # its name in the folder
    folder: MapperFolder

    @property
    def trained(self) -> trained_mappers.TrainedMappers:
        return self.folder.trained

    def apply(self, vectors: Float[np.ndarray, "row in"], seed: int) -> Float[np.ndarray, "row out"]:
        """The outputs of one training seed's mapper."""
        return next(trained_mappers.apply(self.trained.one(self.text, seed), vectors))

    def seeds(self, seed: Seed) -> list[int]:
        """The seeds to be averaged: the one asked for, or all."""
        if seed != "mean" and seed not in self.variant.seeds:
            raise InputError(f"seed {seed}: {self.variant.name!r} has {list(self.variant.seeds)}, expected one or mean")
        return list(self.variant.seeds) if seed == "mean" else [seed]


@dataclass(frozen=True)
class Mappers:
    """All mappers of a study between nf2vec's space and CLIP's."""

    places: StudyPlaces
    by_name: Mapping[str, Mapper] = field(repr=False)

    @staticmethod
    def of(places: StudyPlaces) -> "Mappers":
        """Those of the study `retrieval` keep their names; a name that is taken gets that of its study in front."""
        mappers: dict[str, Mapper] = {}
        for study in STUDIES:
            for folder in _model_folders(places.mappers(study)):
                mapper_folder = MapperFolder(folder, study)
                description = read_description(folder, saved_models.CONFIG, "rerun the study")
                for text, models in _by_variant(description["models"]).items():
                    name = f"{study}/{text}" if text in mappers else text
                    seeds = tuple(model["seed"] for model in models)
                    variant = Variant(name, description["direction"], models[0]["loss"], study, seeds, ALL_KINDS)
                    mappers.setdefault(name, Mapper(variant, text, mapper_folder))
        return Mappers(places, mappers)

    @property
    def variants(self) -> list[Variant]:
        """The default first."""
        return sorted((mapper.variant for mapper in self.by_name.values()), key=lambda entry: entry.name != FIRST)

    def named(self, name: str, direction: str = "") -> Mapper:
        """The mapper of a name; `InputError` lists the names there are, of a `direction` if one is given."""
        mapper = self.by_name.get(name)
        if mapper is None or direction not in ("", mapper.variant.direction):
            names = [entry.name for entry in self.variants if direction in ("", entry.direction)]
            raise InputError(f"by {name!r}: no such {direction or 'mapper'} in this study, expected one of {names}")
        return mapper


def _model_folders(root: Path) -> list[Path]:
    """Model folders at or below `root`, which may be absent."""
    if not root.is_dir():
        return []
    folders = [root, *sorted(path for path in root.iterdir() if path.is_dir())]
    return [folder for folder in folders if (folder / saved_models.CONFIG).is_file()]


def _by_variant(models: list[dict]) -> dict[str, list[dict]]:
    groups: dict[str, list[dict]] = {}
    for model in models:
        groups.setdefault(model["variant"], []).append(model)
    return groups
