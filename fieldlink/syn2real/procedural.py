"""A view made photo-like without any learnt model: another light, stains, a place to stand, a lens.

The light of the views is known and the surface follows from depth, so the object's albedo can be computed from its
picture and lit anew. Alpha, and with it the silhouette, stays unchanged.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8

from fieldlink.scenes.photos import appearance
from fieldlink.scenes.photos.backdrops import PhotoSetting
from fieldlink.scenes.ray_casting import STUDIO, Lighting
from fieldlink.scenes.views import Views
from fieldlink.syn2real.loaded_translator import TranslatedPicture
from fieldlink.syn2real.surfaces import Surface

DARKEST = 0.15  # of the views' light; less light doesn't determine an albedo


@dataclass(frozen=True)
class ProceduralTranslator:
    """Member `procedural` of the registry of translators."""

    name: str = "procedural"

    def settings(self) -> dict[str, object]:
        return {}

    def pictures(self, views: Views, class_name: str, seeds: list[int]) -> Iterator[TranslatedPicture]:
        """A picture of each view, without prompts."""
        assert views.depth is not None
        for image, depth, pose, seed in zip(views.image, views.depth, views.camera_to_world, seeds, strict=True):
            surface = Surface.of(depth, pose, views.camera_angle_x)
            yield translate(image, surface, pose, views.camera_angle_x, seed), None


def translate(
    view: UInt8[np.ndarray, "size size 4"],
    surface: Surface,
    pose: Float[np.ndarray, "3 4"],
    angle: float,
    seed: int,
) -> UInt8[np.ndarray, "size size 3"]:
    """A photo-like picture of a straight-alpha RGBA view, with the same silhouette."""
    random = np.random.default_rng(seed)
    albedo = appearance.repainted_albedo(lambda *_: unlit(view, surface).reshape(-1, 3), random)
    light = appearance.random_light(random)
    points, normals = surface.points.reshape(-1, 3), surface.normals.reshape(-1, 3)
    colour = (
        (albedo(points, np.zeros(len(points), np.int64)) * light.on(normals)).clip(0, 1).reshape(*view.shape[:2], 3)
    )
    shot = np.concatenate([colour, view[..., 3:] / np.float32(255)], axis=-1)
    setting = PhotoSetting.under(surface.points[surface.hit], pose, angle, len(view))
    return appearance.photographed(shot, setting, random)


def unlit(
    view: UInt8[np.ndarray, "height width 4"], surface: Surface, light: Lighting = STUDIO
) -> Float[np.ndarray, "height width 3"]:
    """Albedo in [0, 1]: colours over the light that fell on them (Lambert's law, as the views were rendered)."""
    arriving = light.on(surface.normals.reshape(-1, 3)).reshape(surface.normals.shape)
    return (view[..., :3] / np.float32(255) / np.maximum(arriving, np.float32(DARKEST))).clip(0, 1)
