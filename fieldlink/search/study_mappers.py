"""The trained mappers of a study by the names that a user gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import Float

from fieldlink.core import saved_models
from fieldlink.core.digest_folders import read_description
from fieldlink.core.errors import InputError
from fieldlink.core.variants import Direction, Variant
from fieldlink.mapper import trained_mappers
from fieldlink.search.answers import SearchSpace, Seed
from fieldlink.search.paths import STUDIES, StudyPaths

ALL_KINDS = ("text", "image", "mesh", "nerf")
# the default, where a study has it: best of the default study's by views, photos and texts
DEFAULT = Variant(direction="nerf2clip", loss="cosine").text


@dataclass(frozen=True)
class MapperFolder:
    """A model folder, read once for all variants in it."""

    path: Path
    study: str

    @cached_property
    def trained(self) -> trained_mappers.TrainedMappers:
        return trained_mappers.read(self.path, f"the study {self.study}")


@dataclass(frozen=True)
class StudyMapper:
    """The mappers of one variant in a model folder, one for each training seed."""

    space: SearchSpace
    text: str  # of the variant, by which the folder names it
    folder: MapperFolder

    @property
    def trained(self) -> trained_mappers.TrainedMappers:
        return self.folder.trained

    def apply(self, vectors: Float[np.ndarray, "row in"], seed: int) -> Float[np.ndarray, "row out"]:
        """The outputs of one training seed's mapper."""
        return next(trained_mappers.apply(self.trained.single(self.text, seed), vectors))

    def seeds(self, seed: Seed) -> list[int]:
        """The seeds to average: `seed` itself, or all of them for `mean`."""
        return chosen_seeds(self.space.name, self.space.seeds, seed)


@dataclass(frozen=True)
class StudyMappers:
    """All mappers of a study between nf2vec's space and CLIP's."""

    paths: StudyPaths
    by_name: Mapping[str, StudyMapper] = field(repr=False)

    @staticmethod
    def of(paths: StudyPaths) -> "StudyMappers":
        """The mappers in the model folders of a study.

        A mapper's name is the text of its variant. Of equal names the first in the order of `STUDIES` stays, and the
        later ones get their study in front.
        """
        mappers: dict[str, StudyMapper] = {}
        for study in STUDIES:
            for folder in _model_folders(paths.mappers(study)):
                mapper_folder = MapperFolder(folder, study)
                description = read_description(folder, saved_models.CONFIG, "rerun the study")
                for text, models in _by_variant(description["models"]).items():
                    name = f"{study}/{text}" if text in mappers else text
                    seeds = tuple(model["seed"] for model in models)
                    space = SearchSpace(name, description["direction"], models[0]["loss"], study, seeds, ALL_KINDS)
                    mappers.setdefault(name, StudyMapper(space, text, mapper_folder))
        return StudyMappers(paths, mappers)

    @property
    def spaces(self) -> list[SearchSpace]:
        """The space of each mapper, the default one first."""
        return sorted((mapper.space for mapper in self.by_name.values()), key=lambda space: space.name != DEFAULT)

    def mapper(self, name: str, direction: Direction | None = None) -> StudyMapper:
        """The mapper of a name, of a `direction` if one is wanted. An `InputError` lists the names of such mappers."""
        mapper = self.by_name.get(name)
        if mapper is None or direction not in (None, mapper.space.direction):
            names = [space.name for space in self.spaces if direction in (None, space.direction)]
            raise InputError(f"by {name!r}: no such {direction or 'mapper'} in this study, expected one of {names}")
        return mapper


def chosen_seeds(by: str, seeds: Sequence[int], seed: Seed) -> list[int]:
    """The training seeds of a space that `seed` chooses. Raises `InputError` for one that it doesn't have."""
    if seed != "mean" and seed not in seeds:
        raise InputError(f"seed {seed}: {by!r} has {list(seeds)}, expected one or mean")
    return list(seeds) if seed == "mean" else [seed]


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
