"""Coloured triangle meshes. y is up, the front looks along +x; colour is a function of the point on the surface.

An albedo takes points in the frame of its original mesh. `transformed` moves points back to that frame; opacities
likewise. Both are frozen dataclasses with `__call__`, not closures, so that meshes can be pickled.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Integer

from fieldlink.core.errors import InputError

Albedo = Callable[[Float[np.ndarray, "hit 3"], Integer[np.ndarray, " hit"]], Float[np.ndarray, "hit 3"]]
Opacity = Callable[[Float[np.ndarray, "hit 3"], Integer[np.ndarray, " hit"]], Float[np.ndarray, " hit"]]
LEAST_AREA = 1e-9  # of a mesh, in squares of its diagonal


@dataclass(frozen=True)
class Mesh:
    """Vertices, faces, and the colour (RGB in [0, 1]) and opacity of points that lie on given faces."""

    vertices: Float[np.ndarray, "vertex 3"]
    faces: Integer[np.ndarray, "face 3"]
    albedo: Albedo
    opacity: Opacity | None = None  # share of light that a surface stops; None: all of it, everywhere
    notes: tuple[str, ...] = ()  # for the user: what an imported mesh is drawn without


@dataclass(frozen=True)
class Moved:
    """The albedo or opacity of a moved mesh: `back` maps its points to the original mesh's frame."""

    original: Albedo | Opacity
    back: Float[np.ndarray, "3 4"]

    def __call__(
        self, points: Float[np.ndarray, "hit 3"], face: Integer[np.ndarray, " hit"]
    ) -> Float[np.ndarray, "hit *values"]:
        return self.original(points @ self.back[:, :3].T + self.back[:, 3], face)


def transformed(model: Mesh, motion: Float[np.ndarray, "3 4"]) -> Mesh:
    """The mesh moved by an invertible affine map; its colours move with the surface."""
    linear = np.linalg.inv(motion[:, :3].astype(np.float64))
    back = np.concatenate([linear, -linear @ motion[:, 3:]], axis=1).astype(np.float32)
    vertices = (model.vertices @ motion[:, :3].T + motion[:, 3]).astype(np.float32)
    opacity = None if model.opacity is None else Moved(model.opacity, back)
    return replace(model, vertices=vertices, albedo=Moved(model.albedo, back), opacity=opacity)


def normalised(model: Mesh) -> Mesh:
    """The model with a bounding box of unit diagonal, centred at the origin (ShapeNetCore v1)."""
    low, high = model.vertices.min(axis=0), model.vertices.max(axis=0)
    scale = 1 / np.linalg.norm(high - low)
    return transformed(model, np.concatenate([scale * np.eye(3), -scale * (low + high)[:, None] / 2], axis=1))


def checked(model: Mesh, name: str) -> Mesh:
    """The same model. Raises `InputError` with `name` if it has no faces, no area, or vertices that aren't finite."""
    if len(model.faces) == 0:
        raise InputError(f"{name}: mesh without faces, at least one expected")
    if model.faces.min() < 0 or model.faces.max() >= len(model.vertices):
        raise InputError(f"{name}: a face names a vertex that isn't there, expected 0 to {len(model.vertices) - 1}")
    corners = model.vertices[model.faces].astype(np.float64)
    if not np.isfinite(corners).all():
        raise InputError(f"{name}: vertices with NaN or infinite coordinates, finite ones expected")
    size = np.linalg.norm(corners.reshape(-1, 3).max(axis=0) - corners.reshape(-1, 3).min(axis=0))
    area = 0.5 * np.linalg.norm(face_normals(corners), axis=1).sum()
    if area <= LEAST_AREA * size**2:
        raise InputError(f"{name}: mesh of area {area:g}, a surface expected")
    return model


def face_normals(corners: Float[np.ndarray, "face 3 3"]) -> Float[np.ndarray, "face 3"]:
    """Right-handed normals, twice as long as the face has area."""
    return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
