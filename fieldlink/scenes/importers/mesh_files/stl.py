"""STL, by trimesh: text, or binary with the colours of its faces."""

import re
import struct

import numpy as np
from jaxtyping import Float, UInt16

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files import by_trimesh
from fieldlink.scenes.importers.mesh_files.mesh_parts import (
    GREY,
    Layer,
    MeshFile,
    MeshPart,
    rgba,
    with_corner_colours,
)

HEADER, COUNTED, FACE = 80, 84, 50  # bytes: of the header, up to the first face, of a face
PART_COLOUR = re.compile(rb"COLOR=(...)", re.DOTALL)  # in the header of Materialise Magics
LAST_BIT = 1 << 15  # of a face's attribute
TEXT = re.compile(rb"\s*solid\b.{0,4000}\b(facet|endsolid)\b", re.DOTALL | re.IGNORECASE)
CORNER = re.compile(rb"\bvertex\b", re.IGNORECASE)


def read(data: bytes) -> MeshFile:
    """Every triangle. Raises `InputError` if a part of the file is missing."""
    data, parts = _whole(data), []
    for mesh, vertices in by_trimesh.meshes(data, "stl"):
        faces, colours = np.asarray(mesh.faces), _colours(data[:HEADER], mesh.face_attributes.get("stl"))
        grey = MeshPart(vertices, faces, Layer((GREY, GREY, GREY, 1.0)))
        parts.append(grey if colours is None else with_corner_colours(vertices, faces, colours))
    count = sum(len(part.faces) for part in parts)
    if _is_text(data) and (stated := len(CORNER.findall(data))) != 3 * count:
        raise InputError(f"{count:,} whole triangles, though {stated:,} corners: cut off or broken")
    return MeshFile(parts)


def _is_text(data: bytes) -> bool:
    return len(data) != _binary_size(data) and TEXT.match(data) is not None


def _binary_size(data: bytes) -> int:
    """Bytes of a binary file whose header is this one's."""
    return COUNTED + FACE * struct.unpack_from("<I", data, HEADER)[0] if len(data) >= COUNTED else 0


def _whole(data: bytes) -> bytes:
    """The file without what follows a binary file's last face, if that is too short for a face."""
    if _is_text(data):
        return data
    size = _binary_size(data)
    if not 0 <= len(data) - size < FACE or not size:
        faces = f"its header's {(size - COUNTED) // FACE:,} triangles need {size:,}" if size else "too few for a header"
        raise InputError(f"no text, and {len(data):,} bytes: {faces}")
    return data[:size]


def _colours(header: bytes, words: UInt16[np.ndarray, " face"] | None) -> Float[np.ndarray, "face 4"] | None:
    """Colours of the faces of a binary file, of 5 bits a channel; None without any.

    VisCAM and SolidView set the last bit of a coloured face, and blue lies lowest. Magics, whose header has a colour of
    the whole part, clears it, and red lies lowest. A part without any word has the header's colour.
    """
    part = PART_COLOUR.search(header)
    if words is None or not (part or (words & LAST_BIT).any()):
        return None
    channels = np.stack([words >> shift & 31 for shift in ((0, 5, 10) if part else (10, 5, 0))], axis=1) / 31
    coloured = ((words & LAST_BIT) == 0) & words.any() if part else (words & LAST_BIT) != 0
    rest = np.frombuffer(part[1], np.uint8) / 255 if part else np.full(3, GREY)
    return rgba(np.where(coloured[:, None], channels, rest))
