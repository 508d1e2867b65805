"""The colours of an imported mesh: materials, vertex and face colours, textures."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import trimesh
from jaxtyping import Float, Integer, UInt8
from PIL import Image
from trimesh.visual.color import ColorVisuals

GREY = 0.6  # of a mesh without any colour
TEXTURE = 1024  # pixels; larger textures are shrunk to this longest side


@dataclass(frozen=True)
class TexturedAlbedo:
    """Colours at the corners of faces, interpolated, times a texture where a face has one."""

    corners: Float[np.ndarray, "face 3 3"]
    colours: Float[np.ndarray, "face 3 3"]
    uv: Float[np.ndarray, "face 3 2"]
    texture: Integer[np.ndarray, " face"]  # -1: none
    textures: tuple[UInt8[np.ndarray, "_ _ 3"], ...]

    def __call__(
        self, points: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]
    ) -> Float[np.ndarray, "hit 3"]:
        weights = barycentric(points, self.corners[face])
        colour = np.einsum("hc,hcr->hr", weights, self.colours[face])
        uv = np.einsum("hc,hcu->hu", weights, self.uv[face])
        for number, texture in enumerate(self.textures):
            on = self.texture[face] == number
            colour[on] *= sampled(texture, uv[on])
        return colour


def barycentric(
    points: Float[np.ndarray, "hit 3"], corners: Float[np.ndarray, "hit 3 3"]
) -> Float[np.ndarray, "hit 3"]:
    """Weights of the three corners, for points on (or by rounding beside) their triangles."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(first, second)
    size = np.maximum((normal * normal).sum(axis=1), 1e-30)
    offset = points - corners[:, 0]
    b = (np.cross(offset, second) * normal).sum(axis=1) / size
    c = (np.cross(first, offset) * normal).sum(axis=1) / size
    weights = np.clip(np.stack([1 - b - c, b, c], axis=1), 0, 1)
    return (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)


def sampled(texture: UInt8[np.ndarray, "height width 3"], uv: Float[np.ndarray, "hit 2"]) -> Float[np.ndarray, "hit 3"]:
    """Nearest texel, in [0, 1]. u points right, v up; the texture repeats."""
    height, width = texture.shape[:2]
    turns = np.nan_to_num(uv) % 1
    column = np.minimum((turns[:, 0] * width).astype(int), width - 1)
    row = np.minimum(((1 - turns[:, 1]) * height).astype(int), height - 1)
    return texture[row, column].astype(np.float32) / 255


def textured(corners: Float[np.ndarray, "face 3 3"], parts: list[trimesh.Trimesh], linear: bool) -> TexturedAlbedo:
    """The albedo of a mesh's parts. `linear`: material colours are linear light (glTF) and become display values."""
    colours, uvs, numbers, textures = [], [], [], []
    for part in parts:
        count, visual = len(part.faces), part.visual
        uv, image = getattr(visual, "uv", None), _image(visual)
        colours.append(_corner_colours(part, linear))
        if uv is None or image is None:
            uvs.append(np.zeros((count, 3, 2)))
            numbers.append(np.full(count, -1))
        else:
            uvs.append(np.asarray(uv)[part.faces])
            numbers.append(np.full(count, len(textures)))
            textures.append(image)
    return TexturedAlbedo(
        corners.astype(np.float32),
        np.concatenate(colours).astype(np.float32),
        np.concatenate(uvs).astype(np.float32),
        np.concatenate(numbers),
        tuple(textures),
    )


def _image(visual: Any) -> UInt8[np.ndarray, "height width 3"] | None:
    material = getattr(visual, "material", None)
    image = getattr(material, "baseColorTexture", None) or getattr(material, "image", None)
    if image is None:
        return None
    small = image.convert("RGB")
    small.thumbnail((TEXTURE, TEXTURE), Image.Resampling.BOX)
    return np.asarray(small)


def _corner_colours(part: trimesh.Trimesh, linear: bool) -> Float[np.ndarray, "face 3 3"]:
    """Vertex, face or material colour at each corner; grey if there is none."""
    count, visual = len(part.faces), part.visual
    if isinstance(visual, ColorVisuals):
        if visual.kind == "vertex":
            return np.asarray(visual.vertex_colors)[part.faces][..., :3] / 255
        if visual.kind == "face":
            return np.repeat(np.asarray(visual.face_colors)[:, None, :3] / 255, 3, axis=1)
        return np.full((count, 3, 3), GREY)
    factor = _factor(getattr(visual, "material", None), _image(visual) is not None)
    return np.broadcast_to(factor ** (1 / 2.2) if linear else factor, (count, 3, 3))


def _factor(material: object, textured: bool) -> Float[np.ndarray, "3"]:
    """The factor of a material's texture; without a texture, the material's colour."""
    factor = getattr(material, "baseColorFactor", None)
    if factor is None and not textured:
        factor = getattr(material, "diffuse", None)
    return np.ones(3) * (1.0 if textured else GREY) if factor is None else np.asarray(factor)[:3] / 255
