"""OFF and COFF, as text: colours of vertices and of faces. A reader of our own: trimesh's drops them."""

import re
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files import polygons
from fieldlink.scenes.importers.mesh_files.mesh_parts import (
    GREY,
    WHITE,
    Layer,
    MeshFile,
    MeshPart,
    display_values,
    rgba,
    with_corner_colours,
)
from fieldlink.scenes.importers.mesh_files.text import text_of
from fieldlink.scenes.importers.mesh_files.texture_images import drawn_without

HEADER = re.compile(r"(ST)?(C)?(N)?(4)?(n)?OFF\s*(BINARY)?")


def read(data: bytes) -> MeshFile:
    """Every polygon as triangles. Raises `InputError` for binary files and dimensions other than 3."""
    lines = [line.partition("#")[0].strip() for line in text_of(data).splitlines()]
    lines = [line for line in lines if line]
    header = HEADER.match(lines[0]) if lines else None
    if header is None:
        raise InputError("no OFF header, expected OFF or COFF in the first line")
    if header[4] or header[5] or header[6]:
        raise InputError(f"{header[0]}: expected a text file with three coordinates a vertex")
    lines = [line for line in (lines[0][header.end() :].strip(), *lines[1:]) if line]
    vertex_count, face_count = (int(word) for word in lines[0].split()[:2])
    if min(vertex_count, face_count) < 0 or len(lines) < 1 + vertex_count + face_count:
        raise InputError(f"{len(lines) - 1} lines, expected {vertex_count} vertices and {face_count} faces")
    rows = [line.split() for line in lines[1 : 1 + vertex_count]]
    vertices = np.array([row[:3] for row in rows], np.float64).reshape(-1, 3)
    colours = _colours([row[6 if header[3] else 3 :][: 4 if header[1] else None] for row in rows], header[2] is None)
    faces = [line.split() for line in lines[1 + vertex_count : 1 + vertex_count + face_count]]
    return MeshFile([_part(vertices, colours, faces)], notes=_notes(faces))


def _part(
    vertices: Float[np.ndarray, "vertex 3"], colours: Float[np.ndarray, "vertex 4"] | None, rows: list[list[str]]
) -> MeshPart:
    """Colours of faces count before those of vertices."""
    sizes = [int(row[0]) for row in rows]
    if short := [" ".join(row) for row, n in zip(rows, sizes, strict=True) if not 0 <= n < len(row)]:
        raise InputError(f"a face '{short[0]}', expected the number of its corners and their vertices")
    corners = np.array([index for row, n in zip(rows, sizes, strict=True) for index in row[1 : 1 + n]], np.int64)
    if len(corners) and (corners.min() < 0 or corners.max() >= len(vertices)):
        raise InputError(f"a face names a vertex that isn't there, expected 0 to {len(vertices) - 1}")
    triangles, polygon = polygons.triangles(vertices[corners], np.array(sizes, np.int64))
    faces, of_faces = corners[triangles], _colours([row[1 + n :] for row, n in zip(rows, sizes, strict=True)])
    if of_faces is not None:
        return with_corner_colours(vertices, faces, of_faces[polygon])
    return MeshPart(vertices, faces, Layer((GREY, GREY, GREY, 1.0) if colours is None else WHITE), colours)


def _colours(rows: Sequence[Sequence[str]], or_normals: bool = False) -> Float[np.ndarray, "row 4"] | None:
    """The first three numbers of each row, as `display_values` has them; a row without is grey. None without any.

    `or_normals`: the header doesn't say what they are. If any is negative they are normals.
    """
    there = np.array([len(row) >= 3 for row in rows], bool)
    stated = np.array([row[:3] for row in rows if len(row) >= 3], np.float64).reshape(-1, 3)
    if not there.any() or (or_normals and (stated < 0).any()):
        return None
    colours = np.full((len(rows), 3), GREY)
    colours[there] = display_values(stated)
    return rgba(colours)


def _notes(faces: list[list[str]]) -> list[str]:
    """For the user: how many faces have an index in place of a colour."""
    count = sum(1 <= len(row) - 1 - int(row[0]) <= 2 for row in faces)
    reasons = ["each is an index of a colour map, which isn't in the file"]
    return drawn_without("colours of faces", count, len(faces), reasons)
