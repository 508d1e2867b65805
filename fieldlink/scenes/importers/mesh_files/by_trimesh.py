"""Trimesh's loaders of PLY and STL. The one import of them."""

import io
from typing import Any

import numpy as np
import trimesh
from jaxtyping import Float
from trimesh.resolvers import Resolver

from fieldlink.scenes import pictures

STAND_IN = pictures.encode(np.zeros((1, 1, 3), np.uint8))


def meshes(data: bytes, kind: str) -> list[tuple[trimesh.Trimesh, Float[np.ndarray, "vertex 3"]]]:
    """Every mesh of the file's scene, and its vertices moved to their place. `kind`: ply or stl."""
    scene: Any = trimesh.load_scene(io.BytesIO(data), file_type=kind, process=False, resolver=_StandIns())
    placed_meshes = []
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        mesh = scene.geometry[name]
        if isinstance(mesh, trimesh.Trimesh):
            placed_meshes.append((mesh, np.asarray(mesh.vertices, np.float64) @ matrix[:3, :3].T + matrix[:3, 3]))
    return placed_meshes


class _StandIns(Resolver):
    """A picture in place of each file that a mesh names: trimesh would print a trace of what it can't open."""

    def __init__(self) -> None:
        pass

    def get(self, key: str) -> bytes:
        return STAND_IN

    def write(self, name: str, data: bytes) -> None:
        raise NotImplementedError

    def namespaced(self, namespace: str) -> Resolver:
        return self

    def keys(self) -> list[str]:
        return []
