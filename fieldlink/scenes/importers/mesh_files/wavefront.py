"""Wavefront OBJ. A reader of our own: trimesh's loses vertex colours beside a material and counts negative indices,
which are relative to their own line, from the end of the file.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import zip_longest

import numpy as np
from jaxtyping import Float, Integer

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files import polygons
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles
from fieldlink.scenes.importers.mesh_files.mesh_parts import MeshFile, MeshPart, display_values, rgba
from fieldlink.scenes.importers.mesh_files.text import statements, text_of
from fieldlink.scenes.importers.mesh_files.wavefront_materials import MaterialLibraries

CONTINUED = re.compile(r"^([^#\n]*)\\\n", re.MULTILINE)  # a line that goes on; a comment ends with its line
ABSENT = -np.inf  # what a line is too short for


@dataclass
class _Lines:
    """Values of a file's lines, and its polygons by the name of their material ("": none)."""

    vertices: list[str] = field(default_factory=list)
    uv: list[str] = field(default_factory=list)  # vt
    libraries: list[str] = field(default_factory=list)
    polygons: dict[str, list[tuple[str, int, int]]] = field(default_factory=dict)  # text, counts so far


def read(data: bytes, companions: CompanionFiles) -> MeshFile:
    """Every polygon as triangles, one part a material. v of texture coordinates is turned over."""
    lines = _sorted_lines(text_of(data))
    rows = _table(lines.vertices)
    colours = _colours(rows)
    uv = _table(lines.uv)
    uv = np.where(uv == ABSENT, 0, uv)
    libraries = MaterialLibraries(lines.libraries, companions)
    parts = []
    for name, of_name in lines.polygons.items():
        faces, uv_faces = _triangles(of_name, rows[:, :3], len(uv))
        corners = np.arange(faces.size).reshape(-1, 3)
        tint = None if colours is None else colours[faces].reshape(-1, 4)
        look = libraries.layer(name, _corner_uv(uv, uv_faces), tinted=tint is not None)
        parts.append(MeshPart(rows[faces, :3].reshape(-1, 3), corners, look, tint))
    return MeshFile(parts, notes=libraries.notes(lines.polygons.keys() - {""}))


def _sorted_lines(text: str) -> _Lines:
    lines, polygons = _Lines(), []
    lines.polygons[""] = polygons
    for word, written in statements(CONTINUED.sub(r"\1 ", text)):
        commented = "#" in written and word in ("v", "vt", "f", "fo")
        rest = written.partition("#")[0].rstrip() if commented else written
        if word == "v":
            lines.vertices.append(rest)
        elif word == "vt":
            lines.uv.append(rest)
        elif word in ("f", "fo"):
            polygons.append((rest, len(lines.vertices), len(lines.uv)))
        elif word == "usemtl":
            polygons = lines.polygons.setdefault(rest.strip(), [])
        elif word == "mtllib":
            lines.libraries.append(rest.strip())
    lines.polygons = {name: of_name for name, of_name in lines.polygons.items() if of_name}
    return lines


def _table(lines: list[str]) -> Float[np.ndarray, "row column"]:
    """Numbers of lines; a short line ends in `ABSENT`."""
    if not lines:
        return np.zeros((0, 3))
    columns = len(lines[0].split())
    if all(line.count(" ") == columns - 1 for line in lines):
        return np.fromstring(" ".join(lines), np.float64, sep=" ").reshape(len(lines), columns)
    rows = [line.split() for line in lines]  # of different lengths, or with more spaces
    return np.array(list(zip_longest(*rows, fillvalue=str(ABSENT))), np.float64).T


def _colours(rows: Float[np.ndarray, "vertex column"]) -> Float[np.ndarray, "vertex 4"] | None:
    """Vertex colours in [0, 1] after x, y, z; None without, or if all are white. A vertex without one is white.

    Seven numbers are x, y, z, w, r, g, b if the fourth is always 1 (the weight of the specification), unless the
    seventh is too: then they are x, y, z, r, g, b and alpha.
    """
    if rows.shape[1] not in (6, 7):
        return None
    rows = rows[:, 3:]
    filled = np.where(rows == ABSENT, 1, rows)
    weighted = rows.shape[1] == 4 and (filled[:, 0] == 1).all() and (filled[:, 3] != 1).any()
    stated = rows[:, 1:] if weighted else rows[:, :3]
    colours = np.where(stated == ABSENT, 1, display_values(stated))
    return None if (colours == 1).all() else rgba(colours)


def _triangles(
    of_name: list[tuple[str, int, int]], vertices: Float[np.ndarray, "vertex 3"], uv_count: int
) -> tuple[Integer[np.ndarray, "face 3"], Integer[np.ndarray, "face 3"]]:
    """Indices from 0 of each triangle's vertices and texture coordinates; -1: none."""
    forms: dict[tuple[int, int], list[tuple[str, int, int]]] = defaultdict(list)
    for text, vertices_so_far, uv_so_far in of_name:
        corners = len(text.split())
        if corners >= 3:
            even = _padded(text) if text.count("/") % corners else text
            forms[corners, even.count("/")].append((even, vertices_so_far, uv_so_far))
    cut = [_cut(_indices(of_form, corners), vertices) for (corners, _), of_form in forms.items()]
    faces, uv_faces = np.moveaxis(np.concatenate([np.zeros((0, 3, 2), np.int64), *cut]), -1, 0)
    return faces, np.where(uv_faces < uv_count, np.maximum(uv_faces, -1), -1)


def _padded(text: str) -> str:
    """A polygon with three indices at each corner."""
    return " ".join("/".join([*(index or "0" for index in corner.split("/")), "0", "0"][:3]) for corner in text.split())


def _indices(of_form: list[tuple[str, int, int]], corners: int) -> Integer[np.ndarray, "polygon corner 2"]:
    """Vertex and texture coordinate from 0 of the corners of polygons of one form; -1: none.

    An index counts from 1, or from the latest line backwards.
    """
    text = " ".join(polygon[0] for polygon in of_form).replace("//", "/0/").replace("/", " ")
    indices = np.fromstring(text, np.int64, sep=" ").reshape(len(of_form), corners, -1)[..., :2]
    if indices.shape[-1] == 1:
        indices = np.concatenate([indices, np.zeros_like(indices)], axis=-1)
    counts = np.array([polygon[1:] for polygon in of_form])[:, None]
    return np.where(indices < 0, indices + counts, indices - 1)


def _cut(
    indices: Integer[np.ndarray, "polygon corner 2"], vertices: Float[np.ndarray, "vertex 3"]
) -> Integer[np.ndarray, "face 3 2"]:
    """The polygons' triangles. Raises `InputError` for a vertex that isn't there."""
    corners = indices[..., 0]
    if corners.min() < 0 or corners.max() >= len(vertices):
        raise InputError(f"a face names a vertex that isn't there, expected 1 to {len(vertices)}")
    faces = polygons.cut(vertices[corners])
    return indices[np.arange(len(indices))[:, None, None], faces].reshape(-1, 3, 2)


def _corner_uv(
    rows: Float[np.ndarray, "row column"], faces: Integer[np.ndarray, "face 3"]
) -> Float[np.ndarray, "corner 2"] | None:
    """Texture coordinates of all corners; 0 where a corner has none. None if no corner has any."""
    if not len(rows) or rows.shape[1] < 2 or (faces < 0).all():
        return None
    uv = np.where(faces[..., None] >= 0, rows[faces, :2], 0).reshape(-1, 2)
    return np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)
