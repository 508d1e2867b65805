"""The colours of an imported mesh: vertex colours, materials, textures, emission, alpha."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Integer

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.mesh_parts import OPAQUE, WHITE, Layer, MeshFile, MeshPart, Texture
from fieldlink.scenes.importers.mesh_files.texture_images import sampled

BLACK = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class PaintedLayer:
    """Colours at the corners of faces, times a texture where a face has one. RGBA, of all parts of a mesh."""

    colours: Float[np.ndarray, "face 3 4"]
    uv: Float[np.ndarray, "face 3 2"]
    texture: Integer[np.ndarray, " face"]  # -1: none
    textures: tuple[Texture, ...]
    linear: bool  # the texture is sRGB, and its linear light counts

    def at(self, weights: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]) -> Float[np.ndarray, "hit 4"]:
        """Values at points given by their barycentric weights."""
        colour = np.einsum("hc,hcr->hr", weights, self.colours[face])
        texture = self.texture[face]
        for number in np.unique(texture[texture >= 0]):
            on = texture == number
            uv = np.einsum("hc,hcu->hu", weights[on], self.uv[face[on]])
            texels = sampled(self.textures[number], uv) / 255
            if self.linear:
                texels[:, :3] = to_linear(texels[:, :3])
            colour[on] *= texels
        return colour


@dataclass(frozen=True)
class PaintedSurface:
    """RGBA of points on a mesh's faces, in [0, 1], as a screen shows it."""

    corners: Float[np.ndarray, "face 3 3"]
    base: PaintedLayer
    emission: PaintedLayer | None
    cutoff: Float[np.ndarray, " face"]  # as in `MeshPart`

    def at(self, points: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]) -> Float[np.ndarray, "hit 4"]:
        """Colour and alpha; alpha counts as the face's material says."""
        weights = barycentric(points, self.corners[face])
        colour = self.base.at(weights, face)
        if self.emission is not None:
            colour[:, :3] += self.emission.at(weights, face)[:, :3]
        if self.base.linear:
            colour[:, :3] = to_display(colour[:, :3])
        cutoff = self.cutoff[face]
        colour[:, 3] = np.where(np.isnan(cutoff), colour[:, 3], colour[:, 3] >= cutoff)
        return np.clip(colour, 0, 1)


@dataclass(frozen=True)
class SurfaceAlbedo:
    """Its colour, as an albedo of `Mesh`."""

    surface: PaintedSurface

    def __call__(
        self, points: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]
    ) -> Float[np.ndarray, "hit 3"]:
        return self.surface.at(points, face)[:, :3]


@dataclass(frozen=True)
class SurfaceOpacity:
    """Its alpha, as an opacity of `Mesh`."""

    surface: PaintedSurface

    def __call__(
        self, points: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]
    ) -> Float[np.ndarray, " hit"]:
        opacity, holed = np.ones(len(face), np.float32), self.surface.cutoff[face] != OPAQUE
        opacity[holed] = self.surface.at(points[holed], face[holed])[:, 3]
        return opacity


def painted(corners: Float[np.ndarray, "face 3 3"], file: MeshFile) -> PaintedSurface:
    """The colours of a file's parts. `corners`: of all faces in the order of parts, in the frame of later points."""
    parts = file.parts
    emits = any(part.emission is not None for part in parts)
    return PaintedSurface(
        corners.astype(np.float32),
        _layer([(part, part.base) for part in parts], True, file.linear),
        _layer([(part, part.emission or Layer(BLACK)) for part in parts], False, file.linear) if emits else None,
        np.concatenate([np.full(len(part.faces), part.cutoff, np.float32) for part in parts]),
    )


def _layer(layers: list[tuple[MeshPart, Layer]], tinted: bool, linear: bool) -> PaintedLayer:
    """The same layer of all parts. `tinted`: vertex colours multiply it.

    Raises `InputError` for colours or texture coordinates of faces that aren't finite.
    """
    colours, uvs, numbers, textures = [], [], [], []
    for part, layer in layers:
        count = len(part.faces)
        tint = part.colours[part.faces] if tinted and part.colours is not None else np.asarray(WHITE)
        colours.append(_finite(np.broadcast_to(np.asarray(layer.factor) * tint, (count, 3, 4)), "colours"))
        if layer.texture is None or layer.uv is None:
            uvs.append(np.zeros((count, 3, 2), np.float32))
            numbers.append(np.full(count, -1))
        else:
            uvs.append(_finite(layer.uv[part.faces], "texture coordinates"))
            index = next((at for at, texture in enumerate(textures) if texture is layer.texture), len(textures))
            textures += [layer.texture] if index == len(textures) else []
            numbers.append(np.full(count, index))
    return PaintedLayer(np.concatenate(colours), np.concatenate(uvs), np.concatenate(numbers), tuple(textures), linear)


def _finite(values: Float[np.ndarray, "*any"], what: str) -> Float[np.ndarray, "*any"]:
    if not np.isfinite(values).all():
        raise InputError(f"{what} of a face that are NaN or infinite, finite ones expected")
    with np.errstate(over="ignore"):  # texture coordinates of any size: beyond all turns they are cut
        return values.astype(np.float32)


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


def to_linear(display: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
    """Linear light of sRGB values in [0, 1] (IEC 61966-2-1)."""
    return np.where(display <= 0.04045, display / 12.92, ((display + 0.055) / 1.055) ** 2.4)


def to_display(linear: Float[np.ndarray, "*any"]) -> Float[np.ndarray, "*any"]:
    """sRGB values of linear light; light beyond 1 is cut."""
    linear = np.clip(linear, 0, 1)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
