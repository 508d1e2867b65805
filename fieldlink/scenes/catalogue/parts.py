"""Solids that objects are put together from: (vertices [v, 3], faces [f, 3]). x is the front, y up, z the right.

Each is a loft: rings of as many corners, joined side by side, the first and last ring closed by a fan.
"""

from collections.abc import Iterable, Sequence

import numpy as np

Solid = tuple[np.ndarray, np.ndarray]
Number = float | int
Span = tuple[Number, Number]
Point = Sequence[Number] | np.ndarray


def loft(rings: np.ndarray) -> Solid:
    """The skin over rings [ring, corner, 3]."""
    count, corners, _ = rings.shape
    first = np.arange(count - 1)[:, None] * corners + np.arange(corners)
    beside = np.arange(count - 1)[:, None] * corners + (np.arange(corners) + 1) % corners
    sides = [first, beside, beside + corners], [first, beside + corners, first + corners]
    fan = np.stack([np.zeros(corners - 2, int), np.arange(2, corners), np.arange(1, corners - 1)], axis=1)
    lid = (count - 1) * corners + fan[:, ::-1]
    faces = np.concatenate([*(np.stack(side, axis=-1).reshape(-1, 3) for side in sides), fan, lid])
    return rings.reshape(-1, 3), faces


def box(x: Span, y: Span, z: Span, taper: Number = 1.0, lean: Number = 0.0) -> Solid:
    """A box; its top is `taper` times as wide and deep, and stands `lean` further to the front."""
    base = np.array([[x[0], z[0]], [x[1], z[0]], [x[1], z[1]], [x[0], z[1]]], float)
    middle = base.mean(axis=0)
    top = middle + taper * (base - middle) + [lean, 0]
    return loft(np.stack([_lifted(base, y[0]), _lifted(top, y[1])]))


def _lifted(plan: np.ndarray, height: Number) -> np.ndarray:
    return np.stack([plan[:, 0], np.full(len(plan), height), plan[:, 1]], axis=1)


def rod(start: Point, end: Point, radius: Number, end_radius: Number | None = None, sides: int = 8) -> Solid:
    """A round rod or cone from one point to another."""
    first, last = np.asarray(start, float), np.asarray(end, float)
    along = (last - first) / np.linalg.norm(last - first)
    across = np.cross(along, [0.0, 0.0, 1.0] if abs(along[2]) < 0.9 else [1.0, 0.0, 0.0])
    across /= np.linalg.norm(across)
    circle = _circle(sides)
    ring = circle[:, :1] * across + circle[:, 1:] * np.cross(along, across)
    return loft(np.stack([first + radius * ring, last + (radius if end_radius is None else end_radius) * ring]))


def lathe(profile: Sequence[Span], at: Span = (0.0, 0.0), sides: int = 16, round_to: Number = 1.0) -> Solid:
    """A body of revolution about a vertical axis at (x, z): (radius, height) from end to end; `round_to`: z over x."""
    circle = _circle(sides) * [1.0, round_to]
    return loft(np.stack([_lifted(radius * circle + at, height) for radius, height in profile]))


def ball(centre: Point, radii: Point, sides: int = 10) -> Solid:
    """An ellipsoid."""
    angles = np.linspace(-np.pi / 2, np.pi / 2, sides // 2 + 2)
    vertices, faces = lathe([(max(np.cos(angle), 1e-3), np.sin(angle)) for angle in angles], sides=sides)
    return vertices * radii + centre, faces


def hull(stations: Iterable[tuple[Number, Number, Number, Number]], sides: int = 4, floor: Number = 1.0) -> Solid:
    """Sections along x: (x, lowest y, highest y, half width in z). 4 sides are a rectangle, more an ellipse.

    `floor`: width at the bottom as a share of that at the top.
    """
    turn = np.sqrt(2) if sides == 4 else 1.0
    circle = turn * _circle(sides, np.pi / sides)
    rings = []
    for x, low, high, half in stations:
        height = 0.5 + 0.5 * circle[:, 0]
        width = half * circle[:, 1] * (floor + (1 - floor) * height)
        rings.append(np.stack([np.full(sides, x), low + (high - low) * height, width], axis=1))
    return loft(np.stack(rings))


def blade(corners: Sequence[Point], thickness: Number) -> Solid:
    """A flat panel with the outline of four points in a plane, centred on it: wings, fins, sails, slats."""
    flat = np.asarray(corners, float)
    normal = np.cross(flat[2] - flat[0], flat[3] - flat[1])
    half = 0.5 * thickness * normal / np.linalg.norm(normal)
    return loft(np.stack([flat - half, flat + half]))


def disc(centre: Point, radius: Number, depth: Number, sides: int = 16) -> Solid:
    """A round plate that faces the front: cones, dials, wheels seen from ahead."""
    x, y, z = centre
    return rod((x, y, z), (x + depth, y, z), radius, sides=sides)


def wheel(centre: Point, radius: Number, width: Number, sides: int = 14) -> Solid:
    """A plate that rolls along x, centred."""
    x, y, z = centre
    return rod((x, y, z - width / 2), (x, y, z + width / 2), radius, sides=sides)


def mirrored(solid: Solid) -> Solid:
    """The same on the other side of the plane z = 0."""
    vertices, faces = solid
    return vertices * [1, 1, -1], faces[:, ::-1]


def with_mirrored(*solids: Solid) -> list[Solid]:
    """Solids and their mirror images in z."""
    return [*solids, *(mirrored(solid) for solid in solids)]


def _circle(sides: int, start: Number = 0.0) -> np.ndarray:
    angles = start + np.arange(sides) * 2 * np.pi / sides
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)
