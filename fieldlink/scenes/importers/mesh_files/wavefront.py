"""Wavefront OBJ. A reader of our own: trimesh's loses vertex colours beside a material and counts negative indices,
which are relative to their own line, from the end of the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

import numpy as np
from jaxtyping import Float, Integer

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles
from fieldlink.scenes.importers.mesh_files.parts import MeshFile, Part, rgba
from fieldlink.scenes.importers.mesh_files.text import text_of
from fieldlink.scenes.importers.mesh_files.wavefront_materials import MaterialLibraries, layer


@dataclass
class _Lines:
    """Values of a file's lines, and its polygons by the name of their material ("": none)."""

    vertices: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)  # vt
    libraries: list[str] = field(default_factory=list)
    polygons: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)  # text, counts so far


def read(data: bytes, companions: CompanionFiles) -> MeshFile:
    """Every polygon as a fan of triangles, one part a material. v of texture coordinates is turned over."""
    lines = _sorted_lines(text_of(data))
    rows = _table(lines.vertices)
    colours = _colours(rows)
    places = _table(lines.places)
    libraries = MaterialLibraries(lines.libraries, companions)
    parts = []
    for name, polygons in lines.polygons.items():
        faces, uv_faces = _triangles(polygons, len(rows), len(places))
        corners = np.arange(faces.size).reshape(-1, 3)
        tint = None if colours is None else colours[faces].reshape(-1, 4)
        look = layer(libraries.material(name), _uv(places, uv_faces), tinted=tint is not None)
        parts.append(Part(rows[faces, :3].reshape(-1, 3), corners, look, tint))
    return MeshFile(parts, notes=libraries.notes(lines.polygons.keys() - {""}))


def _sorted_lines(text: str) -> _Lines:
    lines, polygons = _Lines(), []
    lines.polygons[""] = polygons
    for line in text.replace("\\\n", " ").replace("\\\r\n", " ").splitlines():
        word, _, rest = line.strip().replace("\t", " ").partition(" ")
        if word == "v":
            lines.vertices.append(rest)
        elif word == "vt":
            lines.places.append(rest)
        elif word in ("f", "fo"):
            polygons.append((rest, len(lines.vertices), len(lines.places)))
        elif word == "usemtl":
            polygons = lines.polygons.setdefault(rest.strip(), [])
        elif word == "mtllib":
            lines.libraries.append(rest.strip())
    lines.polygons = {name: of_name for name, of_name in lines.polygons.items() if of_name}
    return lines


def _table(lines: list[str]) -> Float[np.ndarray, "row column"]:
    """Numbers of lines; a short line ends in NaN."""
    if not lines:
        return np.zeros((0, 3))
    columns = len(lines[0].split())
    try:
        return np.array(" ".join(lines).split(), np.float64).reshape(len(lines), columns)
    except ValueError:  # comments at the ends of lines, or lines of different lengths
        rows = [line.partition("#")[0].split() for line in lines]
        return np.array(list(zip_longest(*rows, fillvalue="nan")), np.float64).T


def _colours(rows: Float[np.ndarray, "vertex column"]) -> Float[np.ndarray, "vertex 4"] | None:
    """Vertex colours in [0, 1] after x, y, z; None without, or if all are white. A vertex without one is white."""
    if rows.shape[1] not in (6, 7):
        return None
    colours = np.nan_to_num(rows[:, 3:6], nan=1.0)
    colours = colours / 255 if colours.max(initial=0) > 1 else colours
    return None if (colours == 1).all() else rgba(np.clip(colours, 0, 1))


def _triangles(
    polygons: list[tuple[str, int, int]], vertices: int, places: int
) -> tuple[Integer[np.ndarray, "face 3"], Integer[np.ndarray, "face 3"]]:
    """Indices from 0 of each triangle's vertices and texture coordinates; -1: none."""
    corners = [fan for polygon in polygons for fan in _fan(*polygon)]
    pairs = np.array(corners, np.int64).reshape(-1, 3, 2)
    faces, uv_faces = pairs[..., 0], pairs[..., 1]
    if len(faces) and (faces.min() < 0 or faces.max() >= vertices):
        raise InputError(f"a face names a vertex that isn't there, expected 1 to {vertices}")
    return faces, np.where(uv_faces < places, uv_faces, -1)


def _fan(text: str, vertices: int, places: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """Triangles of a polygon, as (vertex, texture coordinate)."""
    corners = []
    for corner in text.partition("#")[0].split():
        vertex, _, rest = corner.partition("/")
        place = rest.partition("/")[0]
        corners.append((_from_zero(int(vertex), vertices), _from_zero(int(place), places) if place else -1))
    for second, third in pairwise(corners[1:]):
        yield corners[0], second, third


def _from_zero(index: int, count: int) -> int:
    """An index from 1, or from the latest line backwards, as one from 0; -1 for 0, which names nothing."""
    return index - 1 if index >= 0 else max(count + index, -1)


def _uv(
    places: Float[np.ndarray, "place column"], faces: Integer[np.ndarray, "face 3"]
) -> Float[np.ndarray, "corner 2"] | None:
    """Texture coordinates of all corners; 0 where a corner has none. None if no corner has any."""
    if not len(places) or places.shape[1] < 2 or (faces < 0).all():
        return None
    uv = np.where(faces[..., None] >= 0, places[faces, :2], 0).reshape(-1, 2)
    return np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)
