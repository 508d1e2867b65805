"""Pinhole cameras. A pose is camera-to-world, 3x4, OpenGL axes: x right, y up, looking along -z. World: y up.

Pixel centres lie at +0.5. `angle` is the full horizontal field of view in radians. Pixels are square.
"""

import numpy as np
from jaxtyping import Float

DISN_ANGLE = 0.8575560450553894  # 35 mm lens on a 32 mm sensor
DISN_DISTANCE = 1.75


def look_at_origin(
    azimuth: Float[np.ndarray, " view"], elevation: Float[np.ndarray, " view"], distance: Float[np.ndarray, " view"]
) -> Float[np.ndarray, "view 3 4"]:
    """Poses that look at the origin without roll, from angles in degrees.

    Azimuth as in ShapeNetRenders: 0 looks from +x, 90 from +z (their Blender frame is (x, -z, y) of ours).
    """
    azimuth, elevation = np.deg2rad(azimuth), np.deg2rad(elevation)
    backward = np.stack(
        [np.cos(elevation) * np.cos(azimuth), np.sin(elevation), np.cos(elevation) * np.sin(azimuth)], axis=-1
    )
    right = np.cross(np.broadcast_to([0.0, 1.0, 0.0], backward.shape), backward)
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    up = np.cross(backward, right)
    return np.stack([right, up, backward, distance[:, None] * backward], axis=-1).astype(np.float32)


def disn_poses(seed: int, views: int = 36) -> Float[np.ndarray, "view 3 4"]:
    """Poses drawn as the easy ShapeNetRenders views: a ring at 20-30° elevation, 1.14 to 1.75 away (protocol 1.1)."""
    random = np.random.default_rng(seed)
    azimuth = 360.0 / views * (np.arange(views) + 1) + random.uniform(-5, 5, views)
    elevation = random.uniform(20, 30, views)
    return look_at_origin(azimuth, elevation, DISN_DISTANCE * random.uniform(0.65, 1.0, views))


def focal(angle: float, width: int) -> float:
    """Focal length in pixels."""
    return 0.5 * width / np.tan(0.5 * angle)


def rays(
    poses: Float[np.ndarray, "view 3 4"], angle: float, width: int, height: int
) -> tuple[Float[np.ndarray, "view 3"], Float[np.ndarray, "view height width 3"]]:
    """Origins and unit directions of the rays through all pixel centres."""
    pixels = np.stack(np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5), axis=-1)
    directions = np.einsum("vij,hwj->vhwi", poses[:, :, :3], _unposed(pixels, angle, width, height))
    return poses[:, :, 3], directions / np.linalg.norm(directions, axis=-1, keepdims=True)


def rays_through(
    poses: Float[np.ndarray, "ray 3 4"], pixels: Float[np.ndarray, "ray 2"], angle: float, width: int, height: int
) -> tuple[Float[np.ndarray, "ray 3"], Float[np.ndarray, "ray 3"]]:
    """Origins and unit directions of rays with a pose and a position in the picture each (x right, y down)."""
    directions = np.einsum("rij,rj->ri", poses[:, :, :3], _unposed(pixels, angle, width, height))
    return poses[:, :, 3], directions / np.linalg.norm(directions, axis=-1, keepdims=True)


def _unposed(
    pixels: Float[np.ndarray, "*pixel 2"], angle: float, width: int, height: int
) -> Float[np.ndarray, "*pixel 3"]:
    """Directions in the camera's frame, of depth 1."""
    offset = (pixels - np.asarray([width / 2, height / 2])) / focal(angle, width)
    return np.stack([offset[..., 0], -offset[..., 1], np.full(offset.shape[:-1], -1.0)], axis=-1).astype(np.float32)


def project(
    points: Float[np.ndarray, "point 3"], poses: Float[np.ndarray, "view 3 4"], angle: float, width: int, height: int
) -> tuple[Float[np.ndarray, "view point 2"], Float[np.ndarray, "view point"]]:
    """Pixel coordinates (x right, y down; the first pixel spans 0 to 1) and z-depth of world points."""
    local = np.einsum("vji,vpj->vpi", poses[:, :, :3], points[None] - poses[:, None, :, 3])
    depth = -local[..., 2]
    scale = focal(angle, width) / np.where(np.abs(depth) < 1e-9, 1e-9, depth)
    return np.stack([width / 2 + scale * local[..., 0], height / 2 - scale * local[..., 1]], axis=-1), depth
