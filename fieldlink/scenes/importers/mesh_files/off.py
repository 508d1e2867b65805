"""OFF and COFF, as text: colours of vertices and of faces. A reader of our own: trimesh's drops them."""

import re

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.mesh_parts import (
    GREY,
    WHITE,
    Layer,
    MeshFile,
    Part,
    rgba,
    with_corner_colours,
)
from fieldlink.scenes.importers.mesh_files.text import text_of

HEADER = re.compile(r"(ST)?(C)?(N)?(4)?(n)?OFF\s*(BINARY)?")


def read(data: bytes) -> MeshFile:
    """Every polygon as a fan of triangles. Raises `InputError` for binary files and dimensions other than 3."""
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
    colours = _colours([row[6 if header[3] else 3 :][: 4 if header[1] else None] for row in rows])
    polygons = [line.split() for line in lines[1 + vertex_count : 1 + vertex_count + face_count]]
    return MeshFile([_part(vertices, colours, polygons)])


def _part(
    vertices: Float[np.ndarray, "vertex 3"], colours: Float[np.ndarray, "vertex 4"] | None, polygons: list[list[str]]
) -> Part:
    """Colours of faces count before those of vertices."""
    sizes = [int(row[0]) for row in polygons]
    fans = [[(row[1], *row[at : at + 2]) for at in range(2, n)] for row, n in zip(polygons, sizes, strict=True)]
    faces = np.array([triangle for fan in fans for triangle in fan], np.int64).reshape(-1, 3)
    if len(faces) and (faces.min() < 0 or faces.max() >= len(vertices)):
        raise InputError(f"a face names a vertex that isn't there, expected 0 to {len(vertices) - 1}")
    of_faces = _colours([row[1 + n :] for row, n in zip(polygons, sizes, strict=True)])
    if of_faces is not None:
        return with_corner_colours(vertices, faces, np.repeat(of_faces, [len(fan) for fan in fans], axis=0))
    return Part(vertices, faces, Layer((GREY, GREY, GREY, 1.0) if colours is None else WHITE), colours)


def _colours(rows: list[list[str]]) -> Float[np.ndarray, "row 4"] | None:
    """Three or four numbers a row, to 1 or, if any is greater, to 255; a row without is grey. None without any."""
    if not any(len(row) >= 3 for row in rows):
        return None
    opaque = {float(number) for row in rows for number in row[:3] if len(row) >= 3}
    scale = 255 if max(opaque) > 1 else 1
    colours = np.array([[float(number) for number in row[:3]] if len(row) >= 3 else [scale * GREY] * 3 for row in rows])
    return rgba(np.clip(colours / scale, 0, 1))
