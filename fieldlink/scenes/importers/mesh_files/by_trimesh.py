"""PLY and STL, by trimesh. The one import of trimesh's loaders."""

import io
from typing import Any

import numpy as np
import trimesh
from trimesh.resolvers import Resolver
from trimesh.visual.color import ColorVisuals

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles
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
from fieldlink.scenes.importers.mesh_files.texture_images import drawn_without, shrunk

GREY_LAYER = Layer((GREY, GREY, GREY, 1.0))


def read(data: bytes, suffix: str, companions: CompanionFiles) -> MeshFile:
    """Every mesh of the file's scene, moved to its place."""
    files = _NamedFiles(companions)
    scene: Any = trimesh.load_scene(io.BytesIO(data), file_type=suffix[1:], process=False, resolver=files)
    parts = []
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        mesh = scene.geometry[name]
        if isinstance(mesh, trimesh.Trimesh):
            vertices = np.asarray(mesh.vertices, np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
            parts.append(_part(vertices, np.asarray(mesh.faces), mesh, textured=files.total > len(files.lost)))
    return MeshFile(parts, notes=drawn_without("textures", len(files.lost), files.total, files.lost))


class _NamedFiles(Resolver):
    """Trimesh's way to ask for the files that a mesh names."""

    def __init__(self, companions: CompanionFiles) -> None:
        self.companions, self.total, self.lost = companions, 0, []

    def get(self, key: str) -> bytes:
        self.total += 1
        try:
            return self.companions.read(key)
        except InputError as error:
            self.lost.append(str(error))
            raise

    def write(self, name: str, data: bytes) -> None:
        raise NotImplementedError

    def namespaced(self, namespace: str) -> Resolver:
        return self

    def keys(self) -> list[str]:
        return []


def _part(vertices: np.ndarray, faces: np.ndarray, mesh: trimesh.Trimesh, textured: bool) -> Part:
    """A texture, or colours of vertices or faces; grey without any. `textured`: the file's texture was found."""
    visual: Any = mesh.visual
    if not isinstance(visual, ColorVisuals):
        if textured:
            upright = np.stack([visual.uv[:, 0], 1 - visual.uv[:, 1]], axis=1)
            return Part(vertices, faces, Layer(WHITE, Texture(shrunk(visual.material.image, opaque=True)), upright))
        # coordinates of a texture, but none: trimesh makes one up, and puts the colours elsewhere
        visual = ColorVisuals(mesh, mesh.face_attributes.get("color"), mesh.vertex_attributes.get("color"))
    if visual.kind == "vertex":
        return Part(vertices, faces, Layer(WHITE), rgba(np.asarray(visual.vertex_colors) / 255))
    if visual.kind != "face":
        return Part(vertices, faces, GREY_LAYER)
    if len(visual.face_colors) != len(faces):
        raise InputError(f"colours of {len(visual.face_colors)} faces on {len(faces)} triangles, export triangles")
    return with_corner_colours(vertices, faces, rgba(np.asarray(visual.face_colors) / 255))
