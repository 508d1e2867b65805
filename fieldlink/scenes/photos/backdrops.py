"""The backdrop of a photo-like picture: floor, wall or sky, clutter, and a soft shadow.

Floor and wall are planes in the object's world, so that their patterns lie in the picture's perspective.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter, map_coordinates

from fieldlink.scenes import cameras

Grain = Callable[[Float[np.ndarray, "*point 2"]], Float[np.ndarray, "*point 3"]]
LATTICE = 32  # random values per axis of the noise, which repeats
KINDS = (0.55, 0.15, 0.15, 0.15)  # how often a surface is plain, of planks, tiled, checked
FAR = 12.0  # where the ground has faded into the haze


@dataclass(frozen=True)
class PhotoSetting:
    """The camera, and where the object stands on the floor: height of the floor, centre and half extent (x, z)."""

    pose: Float[np.ndarray, "3 4"]
    angle: float
    resolution: int
    floor: float
    centre: Float[np.ndarray, "2"]
    extent: Float[np.ndarray, "2"]

    @staticmethod
    def under(
        points: Float[np.ndarray, "point 3"], pose: Float[np.ndarray, "3 4"], angle: float, resolution: int
    ) -> "PhotoSetting":
        """Under the box around an object's points."""
        low, high = points.min(axis=0), points.max(axis=0)
        middle, half = (low + high) / 2, (high - low) / 2
        return PhotoSetting(pose, angle, resolution, float(low[1]), middle[[0, 2]], half[[0, 2]])


def backdrop(stage: PhotoSetting, random: np.random.Generator) -> Float[np.ndarray, "height width 3"]:
    """A picture without the object, RGB in [0, 1]."""
    picture, floor = _planes(stage, random)
    picture = np.where(floor[..., :1] > 0, picture * _shadow(stage, floor, random), picture)
    for _ in range(random.integers(1, 4) if random.random() < 0.15 else 0):
        picture = _with_shape(picture, random)
    blur = random.choice([2.0, 3.0]) * stage.resolution / 64
    return np.clip(gaussian_filter(picture, (blur, blur, 0)), 0, 1).astype(np.float32)


def muted(random: np.random.Generator) -> Float[np.ndarray, "3"]:
    """A colour as walls and floors have them: seldom saturated."""
    grey = random.uniform(0.15, 0.95)
    tint = random.dirichlet(3 * np.ones(3)) * 3 * grey
    return np.clip(grey + random.beta(1, 4) * (tint - grey), 0, 1)


def _planes(
    stage: PhotoSetting, random: np.random.Generator
) -> tuple[Float[np.ndarray, "height width 3"], Float[np.ndarray, "height width 3"]]:
    """A floor in front of a wall, or a ground under a sky; (distance along the floor's ray or 0, x, z) per pixel."""
    origins, directions = cameras.rays(stage.pose[None], stage.angle, stage.resolution, stage.resolution)
    origin, direction = origins[0], directions[0].astype(np.float64)
    down = np.where((direction[..., 1] < -1e-3) & (origin[1] > stage.floor), direction[..., 1], -1e-9)
    to_floor = (stage.floor - origin[1]) / down if origin[1] > stage.floor else np.full(down.shape, np.inf)
    behind, to_wall = _wall(origin, direction, random)
    reach = np.minimum(to_floor, FAR)[..., None]
    floor = origin + reach * direction
    ground = _grain(random)(floor[..., [0, 2]])
    if random.random() < 0.35:  # out of doors
        behind, to_wall = _sky(direction, random), np.full(to_floor.shape, FAR)
        ground = ground + (behind - ground) * np.clip(reach / FAR, 0, 1)
    on_floor = to_floor < to_wall
    return np.where(on_floor[..., None], ground, behind), on_floor[..., None] * np.concatenate(
        [reach, floor[..., [0, 2]]], axis=-1
    )


def _wall(
    origin: Float[np.ndarray, "3"], direction: Float[np.ndarray, "height width 3"], random: np.random.Generator
) -> tuple[Float[np.ndarray, "height width 3"], Float[np.ndarray, "height width"]]:
    """A vertical plane behind the object, as the camera sees it: its colours and how far along a ray it is."""
    turn = np.arctan2(-origin[2], -origin[0]) + random.uniform(-0.7, 0.7)
    normal = np.array([np.cos(turn), 0, np.sin(turn)])
    facing = direction @ normal
    away = np.where(facing > 1e-3, (random.uniform(0.5, 2.5) - origin @ normal) / np.maximum(facing, 1e-3), np.inf)
    hit = origin + np.minimum(away, FAR)[..., None] * direction
    along = hit @ np.array([-normal[2], 0, normal[0]])
    return _grain(random)(np.stack([along, hit[..., 1]], axis=-1)), away


def _sky(
    direction: Float[np.ndarray, "height width 3"], random: np.random.Generator
) -> Float[np.ndarray, "height width 3"]:
    """From the haze at the horizon to the colour of the zenith, with clouds."""
    haze, zenith = np.array([0.8, 0.85, 0.9]), np.array([0.3, 0.5, 0.85]) + random.uniform(-0.2, 0.2)
    height = np.clip(direction[..., 1:2] * 1.5, 0, 1)
    clouds = noise(random, 2)(direction[..., [0, 2]] * 2 + direction[..., 1:2])[..., None]
    return haze + height * (zenith - haze) + random.uniform(0, 0.3) * (clouds - 0.5)


def _shadow(
    stage: PhotoSetting, floor: Float[np.ndarray, "height width 3"], random: np.random.Generator
) -> Float[np.ndarray, "height width 1"]:
    """What a soft shadow leaves of the light on the floor: an ellipse under the object, drawn away from the light."""
    extent = stage.extent * random.uniform(0.9, 1.4) + 0.03
    centre = stage.centre + random.uniform(-0.4, 0.4, 2) * stage.extent
    away = (((floor[..., 1:] - centre) / extent) ** 2).sum(axis=-1, keepdims=True)
    return 1 - random.uniform(0.2, 0.7) / (1 + away ** random.uniform(1.5, 4))


def _grain(random: np.random.Generator) -> Grain:
    """A surface: plain, planks, tiles or rough, in two or three muted colours; coordinates in world units."""
    first, second = muted(random), muted(random)
    second = first + random.uniform(0.05, 0.25) * (second - first)
    turn, period, kind = random.uniform(0, np.pi), random.uniform(0.08, 0.5), random.choice(4, p=KINDS)
    rough, strength = noise(random, 3), random.uniform(0.02, 0.1)
    axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) / period

    def colour(positions: Float[np.ndarray, "*point 2"]) -> Float[np.ndarray, "*point 3"]:
        cells = positions @ axes.T
        share = rough(positions * 3)
        if kind == 1:  # planks: each of one shade
            share = 0.5 * share + 0.5 * np.modf(np.abs(np.sin(np.floor(cells[..., 0]) * 12.9)) * 43.7)[0]
        elif kind == 2:  # tiles with joints
            share = 0.4 * share + 0.6 * (np.abs(cells - np.round(cells)).min(axis=-1) < 0.06)
        elif kind == 3:  # checks
            share = 0.3 * share + 0.7 * (np.floor(cells).sum(axis=-1) % 2)
        plain = first + strength * (rough(positions) - 0.5)[..., None]
        return plain if kind == 0 else plain + share[..., None] * (second - first)

    return colour


def noise(
    random: np.random.Generator, octaves: int
) -> Callable[[Float[np.ndarray, "*point 2"]], Float[np.ndarray, "*point"]]:
    """Smooth value noise in [0, 1] over the plane, one lattice cell to a quarter unit at the first octave."""
    lattice = random.random((LATTICE, LATTICE)).astype(np.float32)

    def value(positions: Float[np.ndarray, "*point 2"]) -> Float[np.ndarray, "*point"]:
        total, weight = np.zeros(positions.shape[:-1], np.float32), 0.0
        for octave in range(octaves):
            at = np.moveaxis(positions * 4 * 2**octave, -1, 0) % LATTICE
            total += 0.5**octave * map_coordinates(lattice, at, order=1, mode="grid-wrap", output=np.float32)
            weight += 0.5**octave
        return total / weight

    return value


def _with_shape(
    picture: Float[np.ndarray, "height width 3"], random: np.random.Generator
) -> Float[np.ndarray, "height width 3"]:
    """One rectangle or ellipse in front of what is there: furniture, a picture on the wall, a passer-by."""
    size = len(picture)
    rows, columns = (np.mgrid[:size, :size] + 0.5) / size
    turn = random.choice([0, random.uniform(0, np.pi)])
    x, y = columns - random.uniform(-0.1, 1.1), rows - random.uniform(-0.1, 1.1)
    across, along = random.uniform(0.04, 0.25, 2)
    u, v = (np.cos(turn) * x + np.sin(turn) * y) / across, (np.cos(turn) * y - np.sin(turn) * x) / along
    away = np.maximum(np.abs(u), np.abs(v)) if random.random() < 0.6 else np.hypot(u, v)
    mask = np.clip((1 - away) * size * min(across, along), 0, 1)[..., None]
    shade = 1 + random.uniform(-0.4, 0.4) * v[..., None]
    return picture + mask * (np.clip(muted(random) * shade, 0, 1) - picture)
