"""Polygons as triangles: a fan where a polygon is convex, ears cut off one by one where it is concave."""

import numpy as np
from jaxtyping import Float, Integer

TOLERANCE = 1e-7  # of a turn, relative to the polygon's area: less is straight on
MOST_STEPS = 100_000  # tries to cut an ear off one polygon


def triangles(
    points: Float[np.ndarray, "corner 3"], sizes: Integer[np.ndarray, " polygon"]
) -> tuple[Integer[np.ndarray, "triangle 3"], Integer[np.ndarray, " triangle"]]:
    """Places among the corners, and the polygon, of each triangle; in the order of polygons.

    `points`: the corners of all polygons in turn, `sizes`: how many each has.
    """
    starts = np.cumsum(sizes) - sizes
    faces, owners = [np.zeros((0, 3), np.int64)], [np.zeros(0, np.int64)]
    for size in np.unique(sizes[sizes >= 3]):
        rows = np.flatnonzero(sizes == size)
        corners = starts[rows, None] + np.arange(size)
        faces.append((starts[rows, None, None] + cut(points[corners])).reshape(-1, 3))
        owners.append(np.repeat(rows, size - 2))
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return np.concatenate(faces)[order], owner[order]


def cut(points: Float[np.ndarray, "polygon corner 3"]) -> Integer[np.ndarray, "polygon triangle 3"]:
    """Places of the triangles' corners in polygons of one size. A polygon that crosses itself stays a fan."""
    count, size, _ = points.shape
    fan = np.array([(0, at, at + 1) for at in range(1, size - 1)], np.int64).reshape(-1, 3)
    faces = np.tile(fan, (count, 1, 1))
    if size == 3 or not count:
        return faces
    with np.errstate(invalid="ignore", over="ignore"):  # coordinates that aren't finite are an error elsewhere
        normals = np.cross(points - points[:, :1], np.roll(points, -1, axis=1) - points[:, :1]).sum(axis=1)  # Newell's
        turns = np.cross(points - np.roll(points, 1, axis=1), np.roll(points, -1, axis=1) - points)
        turned = np.einsum("pcx,px->pc", turns, normals) < -TOLERANCE * (normals**2).sum(axis=1)[:, None]
    for row in np.flatnonzero(turned.any(axis=1)):
        faces[row] = _ears(_flat(points[row], normals[row])) or fan
    return faces


def _flat(points: Float[np.ndarray, "corner 3"], normal: Float[np.ndarray, "3"]) -> Float[np.ndarray, "corner 2"]:
    """The polygon seen against its normal, counter-clockwise, of area 1/2."""
    size = np.linalg.norm(normal)
    upwards = normal / size
    across = np.cross(upwards, np.eye(3)[np.abs(upwards).argmin()])
    across /= np.linalg.norm(across)
    return (points - points[0]) @ np.stack([across, np.cross(upwards, across)], axis=1) / np.sqrt(size)


def _ears(flat: Float[np.ndarray, "corner 2"]) -> list[tuple[int, int, int]] | None:
    """Triangles cut off a polygon until one is left; None if at some time none can be."""
    left, faces = list(range(len(flat))), []
    at = failed = 0
    for _ in range(MOST_STEPS):
        if len(left) == 3:
            return [*faces, (left[0], left[1], left[2])]
        at %= len(left)
        corners = (left[at - 1], left[at], left[(at + 1) % len(left)])
        if _is_ear(flat[list(corners)], flat[left]):
            faces.append(corners)
            left.pop(at)
            failed = 0
        else:
            failed += 1
        if failed > len(left):
            return None
        at += 1
    return None


def _is_ear(triangle: Float[np.ndarray, "3 2"], others: Float[np.ndarray, "corner 2"]) -> bool:
    """Whether a corner turns inwards and its triangle holds no other one; a corner that is straight on is an ear too.

    A corner at the place of one of the triangle's isn't in it: outlines with holes pass such places twice.
    """
    edges, offsets = np.roll(triangle, -1, axis=0) - triangle, others[:, None] - triangle
    turn = edges[0, 0] * edges[1, 1] - edges[0, 1] * edges[1, 0]
    if turn <= TOLERANCE:
        return bool(turn >= -TOLERANCE)
    inside = (edges[:, 0] * offsets[..., 1] - edges[:, 1] * offsets[..., 0] >= 0).all(axis=1)
    elsewhere = np.abs(offsets).max(axis=2).min(axis=1) > 0
    return not (inside & elsewhere).any()
