"""Primitives of glTF meshes: attributes, morphed by their default weights, and triangles."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Integer

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.gltf import accessors, compression
from fieldlink.scenes.importers.gltf.document import DRACO, Document, extension

TRIANGLES, STRIP, FAN = 4, 5, 6
FRACTIONS = ("COLOR_", "WEIGHTS_")  # attributes whose integers always stand for [0, 1]
WIDTHS = {"POSITION": (3,), "COLOR": (3, 4), "TEXCOORD": (2,), "JOINTS": (4,), "WEIGHTS": (4,)}  # numbers a row


@dataclass(frozen=True)
class Primitive:
    """Triangles with attributes by name, float64; `material`: an index, or None."""

    attributes: dict[str, Float[np.ndarray, "vertex _"]]
    faces: Integer[np.ndarray, "face 3"]
    material: int | None


def has_triangles(primitive: dict[str, Any]) -> bool:
    """Whether a primitive is drawn: others are points, lines, or without positions."""
    is_solid = primitive.get("mode", TRIANGLES) in (TRIANGLES, STRIP, FAN)
    return is_solid and "POSITION" in (primitive.get("attributes") or {})


def read(
    document: Document, primitive: dict[str, Any], weights: Sequence[float], *, coordinates: Collection[str], skin: bool
) -> Primitive:
    """A primitive that has triangles, in its mesh's frame.

    `weights`: of the morph targets. `coordinates`: the attributes that place its textures. `skin`: whether it has one.
    Attributes that nothing asks for aren't read.
    """
    starts = ("JOINTS_", "WEIGHTS_") if skin else ()
    attributes, wanted = primitive.get("attributes") or {}, {"POSITION", "COLOR_0", *coordinates}
    named = {name: index for name, index in attributes.items() if name in wanted or name.startswith(starts)}
    _check_sizes({name: accessors.size_of(document, index) for name, index in named.items()})
    corners, rows = _uncompressed(document, primitive, named)
    count = len(rows["POSITION"])
    _check_sizes({name: values.shape for name, values in rows.items()})  # Draco's are in its own stream
    corners = np.arange(count) if corners is None else corners.astype(np.int64)
    if len(corners) and (corners.min() < 0 or corners.max() >= count):
        raise InputError(f"a face names vertex {corners.max()}, expected 0 to {count - 1}")
    morphed = _morphed(document, rows, primitive.get("targets") or [], weights)
    return Primitive(morphed, _triangles(corners, primitive.get("mode", TRIANGLES)), primitive.get("material"))


def _check_sizes(sizes: Mapping[str, tuple[int, ...]]) -> None:
    """Raise `InputError` for attributes of other rows or columns than they should have."""
    count, _ = sizes["POSITION"]
    if lacking := [name for name, size in sizes.items() if size[0] != count]:
        raise InputError(f"{', '.join(lacking)}: not as many rows as POSITION ({count})")
    for name, (_, width) in sizes.items():
        expected = WIDTHS[name.partition("_")[0]]
        if width not in expected:
            raise InputError(f"{name}: {width} numbers a row, expected {' or '.join(map(str, expected))}")


def _uncompressed(
    document: Document, primitive: dict[str, Any], named: dict[str, int]
) -> tuple[Integer[np.ndarray, " corner"] | None, dict[str, np.ndarray]]:
    """Indices of corners (None: every vertex in turn) and attributes."""
    settings, indices = extension(primitive, DRACO), primitive.get("indices")
    plain = [*named.values(), *([] if indices is None else [indices])]
    if settings is None or (not compression.is_there("DracoPy") and _are_plain_too(document, plain)):
        rows = {name: _units(document, name, index, accessors.stored(document, index)) for name, index in named.items()}
        return (None if indices is None else _corners(document, indices)), rows
    inside = {name: number for name, number in settings["attributes"].items() if name in named}
    corners, stored = compression.draco(accessors.view_bytes(document, settings["bufferView"]), inside)
    rows = {name: stored[name] if name in stored else accessors.stored(document, named[name]) for name in named}
    return corners, {name: _units(document, name, named[name], values) for name, values in rows.items()}


def _corners(document: Document, index: int) -> Integer[np.ndarray, " corner"]:
    if accessors.size_of(document, index)[1] != 1:
        raise InputError(f"accessors[{index}]: indices in rows of several, expected type SCALAR")
    return accessors.stored(document, index)[:, 0]


def _are_plain_too(document: Document, attributes: Sequence[int]) -> bool:
    """Whether these accessors of a compressed primitive hold its rows without compression as well."""
    return not document.needs(DRACO) and all("bufferView" in document.get("accessors", index) for index in attributes)


def _units(document: Document, name: str, index: int, rows: np.ndarray) -> Float[np.ndarray, "vertex _"]:
    normalised = document.get("accessors", index).get("normalized", False) or name.startswith(FRACTIONS)
    return accessors.in_units(rows, normalised).astype(np.float64)


def _morphed(
    document: Document, rows: dict[str, np.ndarray], targets: list[dict[str, int]], weights: Sequence[float]
) -> dict[str, np.ndarray]:
    """Attributes plus the targets' differences, times their weights."""
    for target, weight in zip(targets, weights, strict=False):
        for name in target.keys() & rows.keys() if weight else ():
            change = _units(document, name, target[name], accessors.stored(document, target[name]))
            if len(change) != len(rows[name]):
                raise InputError(f"a morph target of {name} has {len(change)} rows, expected {len(rows[name])}")
            width = min(change.shape[1], rows[name].shape[1])
            rows[name] = rows[name].copy()
            rows[name][:, :width] += weight * change[:, :width]
    return rows


def _triangles(corners: Integer[np.ndarray, " corner"], mode: int) -> Integer[np.ndarray, "face 3"]:
    """Corners in threes. Every second triangle of a strip runs the other way round."""
    count = len(corners)
    if mode == TRIANGLES:
        return corners[: count - count % 3].reshape(-1, 3)
    if count < 3:
        return np.zeros((0, 3), np.int64)
    if mode == FAN:
        return np.stack([corners[1:-1], corners[2:], np.full(count - 2, corners[0])], axis=1)
    faces = np.stack([corners[:-2], corners[1:-1], corners[2:]], axis=1)
    faces[1::2] = faces[1::2][:, [1, 0, 2]]
    return faces
