"""The sketch of an object in a class's generator: random choices, solids with materials, words of its caption."""

from typing import TypeVar

import numpy as np

from fieldlink.scenes.catalogue import textures
from fieldlink.scenes.catalogue.parts import Number, Solid
from fieldlink.scenes.catalogue.textures import MaterialAlbedo, PatternMaterial
from fieldlink.scenes.meshes import Mesh

Option = TypeVar("Option")
CONTRAST = 0.5  # between two colours that must be told apart, in RGB of [0, 1]


class Sketch:
    """One object in the making, a function of its seed: all random choices come from it in the order of calls.

    `main` is the material that a caption names; `adjectives` stand before the noun, `features` after it.
    """

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.main = self.material()
        self.adjectives: list[str] = []
        self.features: list[str] = []
        self._solids: list[tuple[Solid, PatternMaterial]] = []

    def between(self, low: Number, high: Number) -> float:
        return float(self.random.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        """An integer, `high` included."""
        return int(self.random.integers(low, high + 1))

    def chance(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def choice(self, *options: Option) -> Option:
        return options[int(self.random.integers(len(options)))]

    def material(self, unlike: PatternMaterial | None = None) -> PatternMaterial:
        """Any; or one that can be told from another."""
        material = textures.material(self.random)
        while unlike and textures.distance(material, unlike) < CONTRAST:
            material = textures.material(self.random)
        return material

    def add(self, material: PatternMaterial, *solids: Solid) -> None:
        self._solids += [(solid, material) for solid in solids]

    def model(self) -> Mesh:
        """All solids as one mesh, in the units they were drawn in."""
        starts = np.cumsum([0] + [len(vertices) for (vertices, _), _ in self._solids[:-1]])
        vertices = np.concatenate([vertices for (vertices, _), _ in self._solids]).astype(np.float32)
        faces = np.concatenate([faces + start for ((_, faces), _), start in zip(self._solids, starts, strict=True)])
        materials = tuple(dict.fromkeys(material for _, material in self._solids))
        of_face = [np.full(len(faces), materials.index(material)) for (_, faces), material in self._solids]
        return Mesh(vertices, faces, MaterialAlbedo(materials, np.concatenate(of_face)))

    def caption(self, noun: str, size: str) -> str:
        """The words as a phrase: an article, size, colour, adjectives, the noun, then what it has."""
        words = [size, self.main.pattern, self.main.name, *self.adjectives, noun.split(maxsplit=1)[-1]]
        phrase, features = " ".join(filter(None, words)), list(dict.fromkeys(self.features))
        listed = " and ".join(filter(None, [", ".join(features[:-1]), *features[-1:]]))
        return f"{'an' if phrase[0] in 'aeiou' else 'a'} {phrase}{' with ' if listed else ''}{listed}"
