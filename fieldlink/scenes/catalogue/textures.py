"""Colours and slow procedural patterns; every class draws from the same palette, so that colour tells no class.

The palette is calm: between loud colours, a small field's weights would differ more by paint than by shape.
"""

import colorsys
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer

PALETTE = {  # hue, saturation, value
    "red": (0.0, 0.64, 0.68),
    "orange": (0.07, 0.64, 0.76),
    "yellow": (0.14, 0.56, 0.78),
    "green": (0.34, 0.48, 0.58),
    "dark green": (0.38, 0.48, 0.4),
    "turquoise": (0.48, 0.48, 0.65),
    "light blue": (0.56, 0.36, 0.74),
    "blue": (0.61, 0.6, 0.65),
    "dark blue": (0.63, 0.52, 0.42),
    "purple": (0.77, 0.4, 0.55),
    "pink": (0.93, 0.32, 0.78),
    "brown": (0.07, 0.48, 0.48),
    "dark brown": (0.06, 0.4, 0.37),
    "beige": (0.1, 0.24, 0.73),
    "white": (0.1, 0.04, 0.79),
    "light grey": (0.6, 0.03, 0.66),
    "grey": (0.6, 0.05, 0.52),
    "black": (0.6, 0.08, 0.3),
}
PATTERNS = {"": 0.5, "wooden": 0.16, "striped": 0.08, "mottled": 0.14, "two-tone": 0.12}  # shares of all materials


@dataclass(frozen=True)
class PatternMaterial:
    """Two colours, RGB in [0, 1], and how they mix over space: along `along`, disturbed along `across`."""

    name: str
    pattern: str
    colour: tuple[float, float, float]
    other: tuple[float, float, float]
    along: tuple[float, float, float]
    across: tuple[float, float, float]
    phase: float

    def __call__(self, points: Float[np.ndarray, "hit 3"]) -> Float[np.ndarray, "hit 3"]:
        colour, other = np.asarray(self.colour, np.float32), np.asarray(self.other, np.float32)
        return colour + self._share(points)[:, None] * (other - colour)

    def _share(self, points: Float[np.ndarray, "hit 3"]) -> Float[np.ndarray, " hit"]:
        """Share of the other colour."""
        if not self.pattern:
            return np.zeros(len(points), np.float32)
        along = 2 * np.pi * (points @ np.asarray(self.along, np.float32)) + np.float32(self.phase)
        across = 2 * np.pi * (points @ np.asarray(self.across, np.float32))
        if self.pattern == "wooden":
            return 0.5 + 0.5 * np.sin(5 * along + 1.5 * np.sin(across))
        if self.pattern == "striped":
            return np.clip(0.5 + 2 * np.sin(4 * along), 0, 1)
        if self.pattern == "mottled":
            return 0.5 + 0.25 * (np.sin(3 * along + 2 * np.sin(across)) + np.sin(4 * across + np.sin(2 * along)))
        return np.clip(along / (2 * np.pi), 0, 1)


@dataclass(frozen=True)
class MaterialAlbedo:
    """The albedo of an object: a material for each face."""

    materials: tuple[PatternMaterial, ...]
    of_face: Integer[np.ndarray, " face"]

    def __call__(
        self, points: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]
    ) -> Float[np.ndarray, "hit 3"]:
        colours = np.empty((len(points), 3), np.float32)
        material = self.of_face[face]
        for index, paint in enumerate(self.materials):
            here = material == index
            colours[here] = paint(points[here])
        return colours


def distance(one: PatternMaterial, other: PatternMaterial) -> float:
    """Between two main colours, Euclidean, in RGB."""
    return float(np.linalg.norm(np.subtract(one.colour, other.colour)))


def material(random: np.random.Generator) -> PatternMaterial:
    """Any colour of the palette, a little off, with any pattern."""
    name = str(random.choice(list(PALETTE)))
    pattern = str(random.choice(list(PATTERNS), p=list(PATTERNS.values())))
    hue, saturation, value = PALETTE[name] + random.uniform([-0.02, -0.05, -0.06], [0.02, 0.05, 0.06])
    darker = random.uniform(0.6, 0.8) if value > 0.45 else random.uniform(1.3, 1.6)
    colour = colorsys.hsv_to_rgb(hue % 1, np.clip(saturation, 0, 1), np.clip(value, 0, 0.95))
    other = colorsys.hsv_to_rgb(hue % 1, np.clip(saturation, 0, 1), np.clip(value * darker, 0, 0.95))
    along, across = np.eye(3)[random.permutation(3)[:2]]
    return PatternMaterial(name, pattern, colour, other, tuple(along), tuple(across), float(random.uniform(0, 6)))
