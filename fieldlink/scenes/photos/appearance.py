"""The photo-like appearance of a picture: stained paint, varied light, a backdrop, a lens."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer, UInt8
from scipy.ndimage import gaussian_filter

from fieldlink.scenes.augmentation import RecolouredAlbedo, colour_shift
from fieldlink.scenes.meshes import Albedo
from fieldlink.scenes.photos.backdrops import PhotoSetting, backdrop
from fieldlink.scenes.ray_casting import Lighting


@dataclass(frozen=True)
class StainedAlbedo:
    """An albedo with slow stains and finer grain: brighter and darker by a share `depth`."""

    albedo: Albedo
    waves: Float[np.ndarray, "wave 3"]
    depth: float

    def __call__(
        self, points: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]
    ) -> Float[np.ndarray, "hit 3"]:
        stain = np.sin(points @ self.waves.T + np.arange(len(self.waves))).mean(axis=1, keepdims=True)
        return np.clip(self.albedo(points, face) * (1 + self.depth * stain), 0, 1).astype(np.float32)


def repainted_albedo(albedo: Albedo, random: np.random.Generator) -> Albedo:
    """The albedo in another shade, with stains."""
    colours = colour_shift(random.normal(0, 4), random.uniform(0.85, 1.15), random.uniform(0.92, 1.08))
    waves = random.normal(0, 1, (4, 3)) * np.array([[6], [12], [25], [50]])
    return StainedAlbedo(RecolouredAlbedo(albedo, colours), waves.astype(np.float32), random.uniform(0, 0.15))


def random_light(random: np.random.Generator) -> Lighting:
    """A sun anywhere in the upper half, warm or cold, against more or less light from all sides."""
    turn, height = random.uniform(0, 2 * np.pi), random.uniform(0.6, 1.6)
    warm = 1 + random.uniform(-0.1, 0.1) * np.array([1, 0, -1])
    sun, sky, opposite = random.uniform(0.6, 0.9), random.uniform(0.5, 0.7), random.uniform(0.2, 0.4)
    return Lighting(
        (float(np.cos(turn)), float(height), float(np.sin(turn))),
        _rgb(sun * warm),
        _rgb(sky * warm[::-1]),
        _rgb(opposite * np.ones(3)),
    )


def _rgb(strength: Float[np.ndarray, "3"]) -> tuple[float, float, float]:
    red, green, blue = (float(channel) for channel in strength)
    return red, green, blue


def photographed(
    shot: Float[np.ndarray, "height width 4"], stage: PhotoSetting, random: np.random.Generator
) -> UInt8[np.ndarray, "height width 3"]:
    """A photo of a lit object, straight-alpha RGBA in [0, 1], in front of a backdrop."""
    behind = backdrop(stage, random)
    return _developed(behind + shot[..., 3:] * (shot[..., :3] - behind), random)


def _developed(
    picture: Float[np.ndarray, "height width 3"], random: np.random.Generator
) -> UInt8[np.ndarray, "height width 3"]:
    """White balance, exposure, contrast, vignette, blur and sensor noise."""
    size = len(picture)
    balanced = picture * random.uniform(0.95, 1.05, 3) * random.uniform(0.92, 1.08)
    curved = np.clip(balanced, 0, 1) ** random.uniform(0.9, 1.15)
    rows, columns = (np.mgrid[:size, :size] + 0.5) / size - 0.5
    curved *= 1 - random.uniform(0, 0.3) * (rows**2 + columns**2)[..., None]
    blur = max(0.0, random.uniform(-0.6, 0.2)) * size / 64
    noisy = gaussian_filter(curved, (blur, blur, 0)) + random.normal(0, random.uniform(0, 0.012), curved.shape)
    return np.clip(255 * noisy + 0.5, 0, 255).astype(np.uint8)
