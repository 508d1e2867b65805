"""3MF: objects of all its models, with colours of triangles. A reader of our own: trimesh's drops colours and mixes up
objects of equal number in several models.
"""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from jaxtyping import Float
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.mesh_parts import GREY, WHITE, Layer, MeshFile, MeshPart
from fieldlink.scenes.importers.mesh_files.texture_images import drawn_without
from fieldlink.scenes.importers.mesh_files.threemf_models import MeshRows
from fieldlink.scenes.importers.mesh_files.threemf_package import Package

PATH = "{http://schemas.microsoft.com/3dmanufacturing/production/2015/06}path"  # of a component in another model
DEEPEST = 16  # objects in objects
NO_COLOUR = (GREY, GREY, GREY)


def read(data: bytes) -> MeshFile:
    """The build's objects, moved to their places; z is up, as the specification has it.

    Raises `InputError` for what can't be drawn right.
    """
    package = Package.of(data)
    parts: list[MeshPart] = []
    start = package.start()
    for item in package.model(start).root.iterfind("{*}build/{*}item"):
        parts += _placed(package, item, start, np.eye(4), 0)
    reasons = sorted(package.lost.values())
    return MeshFile(parts, "z", notes=drawn_without("colour groups", len(package.lost), len(package.groups), reasons))


def _placed(package: Package, reference: Any, path: str, above: Float[np.ndarray, "4 4"], depth: int) -> list[MeshPart]:
    """The parts of the object that an item or component names, in the frame of the build."""
    path, number = reference.get(PATH) or path, reference.get("objectid")
    entry, mesh = package.placed_object(path, number)
    if depth > DEEPEST:
        raise InputError(f"{path}: object {number} lies in {depth} others, at most {DEEPEST} expected")
    matrix = above @ _transform(reference.get("transform"))
    components = entry.iterfind("{*}components/{*}component")
    parts = [part for component in components for part in _placed(package, component, path, matrix, depth + 1)]
    if mesh is None:
        return parts
    if entry not in package.parts:
        package.parts[entry] = _part(package, path, entry, mesh)
    part = package.parts[entry]
    return [*parts, replace(part, vertices=part.vertices @ matrix[:3, :3].T + matrix[:3, 3])]


def _transform(text: str | None) -> Float[np.ndarray, "4 4"]:
    """Twelve numbers, which multiply rows from the right, as a matrix that multiplies columns from the left."""
    matrix = np.eye(4)
    if text:
        matrix[:3] = np.array(text.split(), np.float64).reshape(4, 3).T
    return matrix


def _part(package: Package, path: str, entry: Any, mesh: MeshRows) -> MeshPart:
    """A mesh with the colours of its triangles' corners."""
    vertices = np.array(mesh.coordinates).reshape(-1, 3)
    faces = np.array(mesh.corners, np.int64).reshape(-1, 3)
    if len(faces) and (faces.min() < 0 or faces.max() >= len(vertices)):
        raise InputError(f"a triangle names vertex {faces.max()}, expected 0 to {len(vertices) - 1}")
    colour_at = cache(lambda group, index: _colour_at(package, path, group, index))
    colours = np.ones((len(faces), 3, 4))
    for row, (own_group, p1, p2, p3) in enumerate(mesh.looks):
        group, first = own_group or entry.get("pid"), p1 or entry.get("pindex") or "0"
        colours[row, :, :3] = [colour_at(group, int(index)) for index in (first, p2 or first, p3 or first)]
    corners = np.arange(faces.size).reshape(-1, 3)
    return MeshPart(vertices[faces].reshape(-1, 3), corners, Layer(WHITE), colours.reshape(-1, 4))


def _colour_at(package: Package, path: str, group: str | None, index: int) -> tuple[float, ...]:
    """A colour of a group; grey, and noted, where the group lacks it."""
    if group is None:
        return NO_COLOUR
    colours = _colours(package, path, group)
    if 0 <= index < len(colours):
        return colours[index]
    package.lost.setdefault((path, group), f"group {group} has no colour {index}")
    return NO_COLOUR


def _colours(package: Package, path: str, group: str) -> list[tuple[float, ...]]:
    """The colours of a group of materials or colours; none of a group of another kind, which is noted."""
    if (path, group) in package.groups:
        return package.groups[path, group]
    resources = package.model(path).root.find("{*}resources")
    entries = [entry for entry in resources if entry.get("id") == group]
    kind = etree.QName(entries[0]).localname if entries else f"group {group}"
    texts = []
    if kind in ("basematerials", "colorgroup"):
        texts = [entry.get("displaycolor") or entry.get("color") for entry in entries[0]]
    else:
        package.lost[path, group] = f"{kind} isn't read"
    package.groups[path, group] = [_colour(text) if text else NO_COLOUR for text in texts]
    return package.groups[path, group]


def _colour(text: str) -> tuple[float, ...]:
    """`#RRGGBB` or `#RRGGBBAA`, whose alpha doesn't count."""
    return tuple(channel / 255 for channel in bytes.fromhex(text.strip().lstrip("#"))[:3])
