"""PLY, STL and 3MF, by trimesh. The one import of trimesh's loaders."""

import io
from typing import Any

import numpy as np
import trimesh
from trimesh.resolvers import Resolver
from trimesh.visual.color import ColorVisuals

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles
from fieldlink.scenes.importers.mesh_files.parts import (
    GREY,
    WHITE,
    Layer,
    MeshFile,
    Part,
    Texture,
    rgba,
    with_corner_colours,
)
from fieldlink.scenes.importers.mesh_files.textures import drawn_without, shrunk

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
            parts.append(_part(vertices, np.asarray(mesh.faces), mesh.visual))
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


def _part(vertices: np.ndarray, faces: np.ndarray, visual: Any) -> Part:
    """Vertex or face colours, or a texture, or a material's colour; grey without any."""
    if isinstance(visual, ColorVisuals):
        if visual.kind == "vertex":
            return Part(vertices, faces, Layer(WHITE), rgba(np.asarray(visual.vertex_colors) / 255))
        if visual.kind == "face":
            return with_corner_colours(vertices, faces, rgba(np.asarray(visual.face_colors) / 255))
        return Part(vertices, faces, GREY_LAYER)
    image, uv = getattr(visual.material, "image", None), visual.uv
    if image is None or uv is None:
        red, green, blue = np.asarray(visual.material.main_color)[:3] / 255
        return Part(vertices, faces, Layer((float(red), float(green), float(blue), 1.0)))
    upright = np.stack([uv[:, 0], 1 - uv[:, 1]], axis=1)
    return Part(vertices, faces, Layer(WHITE, Texture(shrunk(image, opaque=True)), upright))
