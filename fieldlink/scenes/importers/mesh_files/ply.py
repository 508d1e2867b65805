"""PLY, by trimesh, after its header was made one that trimesh understands and its polygons were cut."""

import re
from typing import Any

import numpy as np
import trimesh
from jaxtyping import Float, UInt8

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files import by_trimesh
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles, listed, plain
from fieldlink.scenes.importers.mesh_files.mesh_parts import (
    GREY,
    WHITE,
    Layer,
    MeshFile,
    MeshPart,
    Texture,
    display_values,
    rgba,
    with_corner_colours,
)
from fieldlink.scenes.importers.mesh_files.ply_polygons import triangulated
from fieldlink.scenes.importers.mesh_files.texture_images import TextureImages

CHANNELS = (b"red", b"green", b"blue")
OTHER_CHANNELS = ((b"diffuse_red", b"diffuse_green", b"diffuse_blue"), (b"r", b"g", b"b"))
COORDINATES = re.compile(rb"^(\s*property\s.*\s)(?=(?:s|t|u|v|texture_u|texture_v|texcoord)\s*$)", re.MULTILINE)
FORMAT = re.compile(rb"^[ \t]*format[ \t].*\n", re.MULTILINE)
TEXTURE_FILE = re.compile(rb"^.*texturefile\s*(.*?)\s*$", re.MULTILINE | re.IGNORECASE)  # as trimesh finds it


def read(data: bytes, companions: CompanionFiles) -> MeshFile:
    """Every triangle, with a texture or colours. Several textures raise `InputError`: which is whose isn't read."""
    head, end, body = data.partition(b"end_header")
    images, names = TextureImages(), list(dict.fromkeys(name.decode() for name in TEXTURE_FILE.findall(head)))
    if len(names) > 1:
        raise InputError(f"{len(names)} textures ({listed(names)}), at most one expected; export it as GLB")
    textures = [images.image(plain(name), lambda name=name: companions.read(name)) for name in names]
    texture = textures[0] if textures else None
    head = _with_known_names(_with_format_second(head))
    head = head if texture is not None else COORDINATES.sub(rb"\1no_", head)  # else trimesh would move vertices
    data = triangulated(head + end + body)
    parts = [_part(mesh, vertices, texture) for mesh, vertices in by_trimesh.meshes(data, "ply")]
    if texture is not None and all(part.base.texture is None for part in parts):
        images.lacks_coordinates(plain(names[0]))
    return MeshFile(parts, notes=images.notes())


def _with_format_second(head: bytes) -> bytes:
    """A header whose second line is its format: trimesh takes the byte order from that line, even from a comment."""
    line = FORMAT.search(head)
    if line is None:
        return head
    first, line_end, others = (head[: line.start()] + head[line.end() :]).partition(b"\n")
    return first + line_end + line[0] + others


def _with_known_names(head: bytes) -> bytes:
    """A header whose colours are red, green and blue, if they have other names: Red, diffuse_red or r, and so on."""
    for names in (CHANNELS, *OTHER_CHANNELS):
        patterns = [re.compile(rb"^(\s*property\s+\w+\s+)" + name + rb"(?=\s*$)", re.I | re.M) for name in names]
        if all(pattern.search(head) for pattern in patterns):
            for pattern, name in zip(patterns, CHANNELS, strict=True):
                head = pattern.sub(rb"\1" + name, head)
            return head
    return head


def _part(
    mesh: trimesh.Trimesh, vertices: Float[np.ndarray, "vertex 3"], texture: UInt8[np.ndarray, "height width 4"] | None
) -> MeshPart:
    """A texture, or colours of vertices, or of faces; grey without any."""
    faces, visual = np.asarray(mesh.faces), mesh.visual
    uv: Any = getattr(visual, "uv", None)
    if texture is not None and uv is not None:
        return MeshPart(vertices, faces, Layer(WHITE, Texture(texture), np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)))
    elements = mesh.metadata["_ply_raw"]
    colours, of_faces = (_colours(elements.get(name)) for name in ("vertex", "face"))
    if colours is not None:
        return MeshPart(vertices, faces, Layer(WHITE), colours)
    if of_faces is None:
        return MeshPart(vertices, faces, Layer((GREY, GREY, GREY, 1.0)))
    if len(of_faces) != len(faces):
        raise InputError(f"colours of {len(of_faces)} faces on {len(faces)} triangles, export triangles")
    return with_corner_colours(vertices, faces, of_faces)


def _colours(element: dict[str, Any] | None) -> Float[np.ndarray, "row 4"] | None:
    """The colours of an element's rows. Floats end at 1 or 255, integers at 255 or, if one is greater, at 65535."""
    names = [name.decode() for name in CHANNELS]
    if element is None or "data" not in element or not set(names) <= element["properties"].keys():
        return None
    columns = [np.asarray(element["data"][name]).reshape(-1) for name in names]
    colours = np.stack(columns, axis=1).astype(np.float64)
    if any(column.dtype.kind == "f" for column in columns):
        return rgba(display_values(colours))
    return rgba(np.clip(colours / (65535 if colours.max(initial=0) > 255 else 255), 0, 1))
