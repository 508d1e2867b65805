"""A view made photo-like without any learnt model: another light, stains, a place to stand, a lens.

The light of the views is known, and the surface follows from depth; so what the object itself is painted with can be
told from its picture, and lit anew. Alpha stays as it is, and with it the silhouette.
"""

import numpy as np
from jaxtyping import Float, UInt8

from fieldlink.scenes.photos import appearance
from fieldlink.scenes.photos.backdrops import PhotoSetting
from fieldlink.scenes.ray_casting import STUDIO, Lighting
from fieldlink.syn2real.surfaces import Surface

DARKEST = 0.15  # of the views' light; an albedo seen in less would be a guess


def translate(
    view: UInt8[np.ndarray, "size size 4"],
    surface: Surface,
    pose: Float[np.ndarray, "3 4"],
    angle: float,
    seed: int,
) -> UInt8[np.ndarray, "size size 3"]:
    """A photo-like picture of what the straight-alpha RGBA view shows, with the same silhouette."""
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
    fell = light.on(surface.normals.reshape(-1, 3)).reshape(surface.normals.shape)
    return (view[..., :3] / np.float32(255) / np.maximum(fell, np.float32(DARKEST))).clip(0, 1)
