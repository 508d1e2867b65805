"""Photo-like pictures of a model: another camera than the views', light of all kinds, a place to stand, a lens.

They stand in for real photographs of other objects (protocol 1.2). Every picture is a function of model and seed.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Integer, UInt8
from scipy.ndimage import gaussian_filter

from stages.scenes import cameras
from stages.scenes.augmentation import Recoloured, colour_shift
from stages.scenes.backdrops import Stage, backdrop
from stages.scenes.meshes import Albedo, Model
from stages.scenes.rendering import Lighting, render

AZIMUTH = 60.0  # degrees off the front, standard deviation: photographers rarely stand behind
ELEVATION = (-5.0, 60.0)  # degrees; low ones are more frequent
ANGLE = (25.0, 65.0)  # degrees, full field of view
FILL = (0.85, 1.2)  # of the frame by the ball around the object; above 1 parts may be cut off
OFF_CENTRE = 0.08  # of the frame
ROLL = 6.0  # degrees, standard deviation


@dataclass(frozen=True)
class Worn:
    """An albedo with slow stains and finer grain: brighter and darker by a share `depth`."""

    albedo: Albedo
    waves: Float[np.ndarray, "wave 3"]
    depth: float

    def __call__(
        self, points: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]
    ) -> Float[np.ndarray, "hit 3"]:
        stain = np.sin(points @ self.waves.T + np.arange(len(self.waves))).mean(axis=1, keepdims=True)
        return np.clip(self.albedo(points, face) * (1 + self.depth * stain), 0, 1).astype(np.float32)


def photo(model: Model, seed: int, resolution: int) -> UInt8[np.ndarray, "height width 3"]:
    """One picture of a normalised model, RGB."""
    random = np.random.default_rng(seed)
    pose, angle = _camera(random)
    shot = render(_repainted(model, random), pose[None], angle, resolution, _light(random)).image[0] / np.float32(255)
    low, high = model.vertices.min(axis=0)[[0, 2]], model.vertices.max(axis=0)[[0, 2]]
    stage = Stage(pose, angle, resolution, float(model.vertices[:, 1].min()), (low + high) / 2, (high - low) / 2)
    behind = backdrop(stage, random)
    picture = behind + shot[..., 3:] * (shot[..., :3] - behind)
    return _developed(picture, random)


def _camera(random: np.random.Generator) -> tuple[Float[np.ndarray, "3 4"], float]:
    """A pose that looks roughly at the origin, and a field of view in radians."""
    angle = np.deg2rad(random.uniform(*ANGLE))
    distance = 0.5 / (random.uniform(*FILL) * np.sin(angle / 2))
    low, high = ELEVATION
    elevation = low + (high - low) * random.beta(1.2, 2.2)
    pose = cameras.look_at_origin(random.normal(0, AZIMUTH, 1), np.array([elevation]), np.array([distance]))[0]
    shift = random.uniform(-OFF_CENTRE, OFF_CENTRE, 2) * 2 * distance * np.tan(angle / 2)
    pose[:, 3] += pose[:, :2] @ shift
    roll = np.deg2rad(random.normal(0, ROLL))
    turn = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.concatenate([pose[:, :3] @ turn, pose[:, 3:]], axis=1).astype(np.float32), float(angle)


def _repainted(model: Model, random: np.random.Generator) -> Model:
    colours = colour_shift(random.normal(0, 15), random.uniform(0.6, 1.3), random.uniform(0.8, 1.1))
    waves = random.normal(0, 1, (4, 3)) * np.array([[6], [12], [25], [50]])
    albedo = Recoloured(model.albedo, colours)
    return replace(model, albedo=Worn(albedo, waves.astype(np.float32), random.uniform(0, 0.6)))


def _light(random: np.random.Generator) -> Lighting:
    """A sun anywhere in the upper half, warm or cold, against more or less light from all sides."""
    turn, height = random.uniform(0, 2 * np.pi), random.uniform(0.2, 1.5)
    warm = 1 + random.uniform(-0.15, 0.15) * np.array([1, 0, -1])
    sun, sky, opposite = random.uniform(0.4, 1.2), random.uniform(0.35, 0.8), random.uniform(0.05, 0.4)
    return Lighting(
        (float(np.cos(turn)), float(height), float(np.sin(turn))),
        _rgb(sun * warm),
        _rgb(sky * warm[::-1]),
        _rgb(opposite * np.ones(3)),
    )


def _rgb(strength: Float[np.ndarray, "3"]) -> tuple[float, float, float]:
    red, green, blue = (float(each) for each in strength)
    return red, green, blue


def _developed(
    picture: Float[np.ndarray, "height width 3"], random: np.random.Generator
) -> UInt8[np.ndarray, "height width 3"]:
    """White balance, exposure, contrast, vignette, blur and sensor noise."""
    size = len(picture)
    balanced = picture * random.uniform(0.88, 1.12, 3) * random.uniform(0.8, 1.15)
    curved = np.clip(balanced, 0, 1) ** random.uniform(0.8, 1.25)
    rows, columns = (np.mgrid[:size, :size] + 0.5) / size - 0.5
    curved *= 1 - random.uniform(0, 0.5) * (rows**2 + columns**2)[..., None]
    blur = max(0.0, random.uniform(-0.4, 0.6)) * size / 64
    noisy = gaussian_filter(curved, (blur, blur, 0)) + random.normal(0, random.uniform(0, 0.03), curved.shape)
    return np.clip(255 * noisy + 0.5, 0, 255).astype(np.uint8)
