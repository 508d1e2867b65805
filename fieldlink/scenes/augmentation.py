"""Augmented copies of training objects (protocol 1.3): other proportions, another heading, other colours."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Integer

from fieldlink.scenes.meshes import Albedo, Mesh, normalised, transformed
from fieldlink.scenes.views import Views

STRETCH = (0.85, 1.15)  # per axis
HUE = (-60.0, 60.0)  # degrees about the grey axis
SATURATION, VALUE = (0.7, 1.3), (0.8, 1.2)  # factors


@dataclass(frozen=True)
class RecolouredAlbedo:
    """An albedo with its colours multiplied by a matrix."""

    albedo: Albedo
    matrix: Float[np.ndarray, "3 3"]

    def __call__(
        self, points: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]
    ) -> Float[np.ndarray, "hit 3"]:
        return np.clip(self.albedo(points, face) @ self.matrix.T, 0, 1).astype(np.float32)


def copy_of_model(model: Mesh, seed: int) -> Mesh:
    """The model, stretched per axis and turned about the up axis, with other hue, saturation and value.

    Its diagonal has length 1 again.
    """
    random = np.random.default_rng(seed)
    motion = turn_about_up(random.uniform(0, 360)) @ np.diag(random.uniform(*STRETCH, 3))
    colours = colour_shift(random.uniform(*HUE), random.uniform(*SATURATION), random.uniform(*VALUE))
    moved = normalised(transformed(model, np.concatenate([motion, np.zeros((3, 1))], axis=1).astype(np.float32)))
    return replace(moved, albedo=RecolouredAlbedo(moved.albedo, colours))


def copy_of_views(views: Views, seed: int) -> Views:
    """Where there is no mesh: hue and saturation of all views shifted, and all poses turned about the up axis."""
    random = np.random.default_rng(seed)
    turn = turn_about_up(random.uniform(0, 360))
    colours = colour_shift(random.uniform(*HUE), random.uniform(*SATURATION), 1.0)
    rgb = np.clip(views.image[..., :3].astype(np.float32) @ colours.T, 0, 255).round().astype(np.uint8)
    image = np.concatenate([rgb, views.image[..., 3:]], axis=-1)
    return replace(views, image=image, camera_to_world=(turn @ views.camera_to_world).astype(np.float32))


def colour_shift(hue: float, saturation: float, value: float) -> Float[np.ndarray, "3 3"]:
    """Matrix that turns RGB about the grey axis by `hue` degrees and scales its distance from grey, then everything."""
    grey = np.full((3, 3), 1 / 3)
    axis = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    angle = np.deg2rad(hue)
    turned = np.cos(angle) * (np.eye(3) - grey) + np.sin(angle) * axis  # Rodrigues, without the part along the axis
    return (value * (grey + saturation * turned)).astype(np.float32)


def turn_about_up(degrees: float) -> Float[np.ndarray, "3 3"]:
    """Rotation about +y."""
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[cosine, 0, sine], [0, 1, 0], [-sine, 0, cosine]], np.float32)
