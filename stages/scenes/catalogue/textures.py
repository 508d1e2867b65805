"""Colours and slow procedural patterns; every class draws from the same palette, so that colour tells no class."""

import colorsys
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer

PALETTE = {  # hue, saturation, value
    "red": (0.0, 0.8, 0.75),
    "orange": (0.07, 0.8, 0.88),
    "yellow": (0.14, 0.7, 0.9),
    "green": (0.34, 0.6, 0.6),
    "dark green": (0.38, 0.6, 0.32),
    "turquoise": (0.48, 0.6, 0.7),
    "light blue": (0.56, 0.45, 0.85),
    "blue": (0.61, 0.75, 0.7),
    "dark blue": (0.63, 0.65, 0.35),
    "purple": (0.77, 0.5, 0.55),
    "pink": (0.93, 0.4, 0.9),
    "brown": (0.07, 0.6, 0.45),
    "dark brown": (0.06, 0.5, 0.28),
    "beige": (0.1, 0.3, 0.82),
    "white": (0.1, 0.05, 0.92),
    "light grey": (0.6, 0.04, 0.72),
    "grey": (0.6, 0.06, 0.5),
    "black": (0.6, 0.1, 0.16),
}
PATTERNS = {"": 0.5, "wooden": 0.16, "striped": 0.08, "mottled": 0.14, "two-tone": 0.12}  # shares of all materials


@dataclass(frozen=True)
class Material:
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
class Painted:
    """The albedo of an object: a material for each face."""

    materials: tuple[Material, ...]
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


def distance(one: Material, other: Material) -> float:
    """Between two main colours, Euclidean, in RGB."""
    return float(np.linalg.norm(np.subtract(one.colour, other.colour)))


def material(random: np.random.Generator) -> Material:
    """Any colour of the palette, a little off, with any pattern."""
    name = str(random.choice(list(PALETTE)))
    pattern = str(random.choice(list(PATTERNS), p=list(PATTERNS.values())))
    hue, saturation, value = PALETTE[name] + random.uniform([-0.02, -0.05, -0.06], [0.02, 0.05, 0.06])
    darker = random.uniform(0.5, 0.75) if value > 0.4 else random.uniform(1.5, 2.0)
    colour = colorsys.hsv_to_rgb(hue % 1, np.clip(saturation, 0, 1), np.clip(value, 0, 0.95))
    other = colorsys.hsv_to_rgb(hue % 1, np.clip(saturation, 0, 1), np.clip(value * darker, 0, 0.95))
    along, across = np.eye(3)[random.permutation(3)[:2]]
    return Material(name, pattern, colour, other, tuple(along), tuple(across), float(random.uniform(0, 6)))
