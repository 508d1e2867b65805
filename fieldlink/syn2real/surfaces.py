"""The visible surface of an object from a view's depth map: points and normals in the world, pixel by pixel."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from scipy.ndimage import distance_transform_edt

from fieldlink.scenes import cameras


@dataclass(frozen=True)
class Surface:
    """Pixels whose ray meets nothing have the values of the nearest pixel whose ray does."""

    points: Float[np.ndarray, "height width 3"]
    normals: Float[np.ndarray, "height width 3"]  # of length 1, towards the camera
    hit: Bool[np.ndarray, "height width"]

    @staticmethod
    def of(depth: Float[np.ndarray, "height width"], pose: Float[np.ndarray, "3 4"], angle: float) -> "Surface":
        """`depth` is along the camera's axis, 0 where nothing is, and not 0 everywhere."""
        height, width = depth.shape
        origins, directions = cameras.rays(pose[None], angle, width, height)
        towards, forward = directions[0], -pose[:, 2]
        hit = depth > 0
        points = origins[0] + (depth / (towards @ forward))[..., None] * towards
        normals = np.cross(_step(points, hit, 1), _step(points, hit, 0))
        length = np.linalg.norm(normals, axis=-1, keepdims=True)
        normals = normals / np.maximum(length, 1e-30)
        normals = np.where((normals * towards).sum(axis=-1, keepdims=True) > 0, -normals, normals)
        shape = _nearest(hit & (length[..., 0] > 0)) if length[hit].any() else None
        turned = normals[shape] if shape else np.broadcast_to(-forward, normals.shape)
        return Surface(points[_nearest(hit)].astype(np.float32), turned.astype(np.float32), hit)


def _step(
    points: Float[np.ndarray, "height width 3"], hit: Bool[np.ndarray, "height width"], axis: int
) -> Float[np.ndarray, "height width 3"]:
    """From each pixel to the next along an axis, or from the one before if that lies nearer; 0 if neither is hit.

    The nearer one is on the same face, the other perhaps beyond an edge.
    """
    ahead = np.diff(points, axis=axis, append=np.take(points, [-1], axis))
    both_hit = hit & np.roll(hit, -1, axis)
    both_hit[-1 if axis == 0 else slice(None), -1 if axis == 1 else slice(None)] = False  # the frame ends there
    size = np.where(both_hit, np.linalg.norm(ahead, axis=-1), np.inf)
    behind, size_behind = np.roll(ahead, 1, axis), np.roll(size, 1, axis)  # what wraps around is infinite
    step = np.where((size <= size_behind)[..., None], ahead, behind)
    return np.where(np.isfinite(np.minimum(size, size_behind))[..., None], step, 0.0)


def _nearest(valid: Bool[np.ndarray, "height width"]) -> tuple[np.ndarray, ...]:
    """Row and column of each pixel's nearest valid pixel."""
    places: Any = distance_transform_edt(~valid, return_distances=False, return_indices=True)
    return tuple(places)
