"""PLY and STL, by trimesh. The one import of trimesh's loaders."""

import io
import re
from typing import Any

import numpy as np
import trimesh
from jaxtyping import UInt8
from trimesh.resolvers import Resolver
from trimesh.visual.color import ColorVisuals

from fieldlink.core.errors import InputError
from fieldlink.scenes import pictures
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles, plain
from fieldlink.scenes.importers.mesh_files.mesh_parts import (
    GREY,
    WHITE,
    Layer,
    MeshFile,
    Part,
    Texture,
    rgba,
    with_corner_colours,
)
from fieldlink.scenes.importers.mesh_files.texture_images import TextureImages

STAND_IN = pictures.encode(np.zeros((1, 1, 3), np.uint8))
COLOUR_NAMES = (b"red", b"green", b"blue", b"alpha")
OTHER_NAMES = ((b"diffuse_red", b"diffuse_green", b"diffuse_blue", b"diffuse_alpha"), (b"r", b"g", b"b", b"a"))
GREY_LAYER = Layer((GREY, GREY, GREY, 1.0))


def read(data: bytes, suffix: str, companions: CompanionFiles) -> MeshFile:
    """Every mesh of the file's scene, moved to its place."""
    files = _NamedFiles(companions)
    data = _with_known_names(data) if suffix == ".ply" else data
    scene: Any = trimesh.load_scene(io.BytesIO(data), file_type=suffix[1:], process=False, resolver=files)
    parts = []
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        mesh = scene.geometry[name]
        if isinstance(mesh, trimesh.Trimesh):
            vertices = np.asarray(mesh.vertices, np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
            parts.append(_part(vertices, np.asarray(mesh.faces), mesh, files.texture))
    return MeshFile(parts, notes=files.images.notes())


def _with_known_names(data: bytes) -> bytes:
    """A PLY file whose colours have the names that trimesh knows, if they have others: diffuse_red or r, and so on."""
    head, end, body = data.partition(b"end_header")
    if not re.search(rb"\sred\s", head):
        for names in OTHER_NAMES:
            patterns = [re.compile(rb"(property\s+\w+\s+)" + name + rb"(?=\s)") for name in names]
            if all(pattern.search(head) for pattern in patterns[:3]):
                for pattern, name in zip(patterns, COLOUR_NAMES, strict=True):
                    head = pattern.sub(rb"\1" + name, head)
    return head + end + body


class _NamedFiles(Resolver):
    """Trimesh's way to ask for the files that a mesh names."""

    def __init__(self, companions: CompanionFiles) -> None:
        self.companions, self.images = companions, TextureImages()
        self.texture: UInt8[np.ndarray, "height width 4"] | None = None

    def get(self, key: str) -> bytes:
        """A picture that stands for the texture: trimesh would print a trace of what it can't open."""
        self.texture = self.images.image(plain(key), lambda: self.companions.read(key))
        return STAND_IN

    def write(self, name: str, data: bytes) -> None:
        raise NotImplementedError

    def namespaced(self, namespace: str) -> Resolver:
        return self

    def keys(self) -> list[str]:
        return []


def _part(
    vertices: np.ndarray,
    faces: np.ndarray,
    mesh: trimesh.Trimesh,
    texture: UInt8[np.ndarray, "height width 4"] | None,
) -> Part:
    """A texture, or colours of vertices or faces; grey without any."""
    visual: Any = mesh.visual
    if not isinstance(visual, ColorVisuals):
        if texture is not None:
            upright = np.stack([visual.uv[:, 0], 1 - visual.uv[:, 1]], axis=1)
            return Part(vertices, faces, Layer(WHITE, Texture(texture), upright))
        # coordinates of a texture, but none: trimesh makes one up, and puts the colours elsewhere
        visual = ColorVisuals(mesh, mesh.face_attributes.get("color"), mesh.vertex_attributes.get("color"))
    if visual.kind == "vertex":
        return Part(vertices, faces, Layer(WHITE), rgba(np.asarray(visual.vertex_colors) / 255))
    if visual.kind != "face":
        return Part(vertices, faces, GREY_LAYER)
    if len(visual.face_colors) != len(faces):
        raise InputError(f"colours of {len(visual.face_colors)} faces on {len(faces)} triangles, export triangles")
    return with_corner_colours(vertices, faces, rgba(np.asarray(visual.face_colors) / 255))
