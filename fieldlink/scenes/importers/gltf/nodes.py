"""Nodes of glTF: which stand in the scene, where, and how often."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.gltf import accessors
from fieldlink.scenes.importers.gltf.document import Document, extension
from fieldlink.scenes.importers.mesh_files.mesh_parts import MOST_FACES


def placed_nodes(document: Document) -> dict[int, Float[np.ndarray, "4 4"]]:
    """Node → its map to the world, of the default scene's nodes in document order of a walk.

    Raises `InputError` for a node that is reached twice: nodes are trees.
    """
    world: dict[int, Float[np.ndarray, "4 4"]] = {}
    waiting = [(root, np.eye(4)) for root in reversed(_roots(document))]
    while waiting:
        index, above = waiting.pop()
        if index in world:
            raise InputError(f"nodes[{index}] is reached twice, expected a tree")
        node = document.get("nodes", index)
        world[index] = above @ local_matrix(node, index)
        waiting += [(child, world[index]) for child in reversed(node.get("children") or [])]
    return world


def hidden_nodes(document: Document) -> set[int]:
    """Nodes that aren't drawn, with all below them (KHR_node_visibility). They still carry joints."""
    waiting = [
        index
        for index, node in enumerate(document.all("nodes"))
        if (extension(node, "KHR_node_visibility") or {}).get("visible") is False
    ]
    hidden: set[int] = set()
    while waiting:
        index = waiting.pop()
        if index not in hidden:
            hidden.add(index)
            waiting += document.get("nodes", index).get("children") or []
    return hidden


def parents(document: Document) -> dict[int, int]:
    """Node → the node that has it as a child."""
    return {child: index for index, node in enumerate(document.all("nodes")) for child in node.get("children") or []}


def placed_alone(document: Document, index: int, above: Mapping[int, int]) -> Float[np.ndarray, "4 4"]:
    """A node's map to the world by its parents (`above`), whether these stand in the scene or not."""
    matrix, passed = np.eye(4), set()
    at: int | None = index
    while at is not None:
        if at in passed:
            raise InputError(f"nodes[{at}] is its own parent, expected a tree")
        passed.add(at)
        matrix = local_matrix(document.get("nodes", at), at) @ matrix
        at = above.get(at)
    return matrix


def local_matrix(node: dict[str, Any], index: int) -> Float[np.ndarray, "4 4"]:
    """A node's map to its parent: its matrix, or its translation after its rotation after its scale."""
    if "matrix" in node:
        matrix = np.asarray(node["matrix"], np.float64)
        if matrix.shape != (16,):
            raise InputError(f"nodes[{index}]: matrix of {matrix.size} numbers, expected 16")
        return matrix.reshape(4, 4).T
    translation, scale = node.get("translation", (0, 0, 0)), node.get("scale", (1, 1, 1))
    return composed(
        translation=np.asarray([translation], np.float64),
        rotation=np.asarray([node.get("rotation", (0, 0, 0, 1))], np.float64),
        scale=np.asarray([scale], np.float64),
    )[0]


def composed(
    translation: Float[np.ndarray, "row 3"], rotation: Float[np.ndarray, "row 4"], scale: Float[np.ndarray, "row 3"]
) -> Float[np.ndarray, "row 4 4"]:
    """Maps of translation after rotation (a quaternion x, y, z, w) after scale."""
    length = np.linalg.norm(rotation, axis=1, keepdims=True)
    x, y, z, w = np.where(length > 0, rotation / np.maximum(length, 1e-300), [0, 0, 0, 1]).T
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrices = np.tile(np.eye(4), (len(translation), 1, 1))
    matrices[:, :3, :3] = np.moveaxis(turn, -1, 0) * scale[:, None, :]
    matrices[:, :3, 3] = translation
    return matrices


def instances(document: Document, node: dict[str, Any]) -> Float[np.ndarray, "instance 4 4"]:
    """Maps from each instance of a node's mesh to the node (EXT_mesh_gpu_instancing); one without."""
    settings = extension(node, "EXT_mesh_gpu_instancing")
    named = (settings or {}).get("attributes") or {}
    if not named:
        return np.eye(4)[None]
    rows = {
        name: np.asarray(accessors.values(document, index), np.float64)
        for name, index in named.items()
        if name in _AT_REST
    }
    counts = {accessors.size_of(document, index)[0] for index in named.values()}  # also of attributes of other names
    if len(counts) > 1 or max(counts) > MOST_FACES:
        raise InputError(f"{sorted(counts)} instances of a mesh, expected one number, at most {MOST_FACES:,}")
    count = counts.pop()
    values = {name: rows.get(name, np.tile(at_rest, (count, 1))) for name, at_rest in _AT_REST.items()}
    return composed(translation=values["TRANSLATION"], rotation=values["ROTATION"], scale=values["SCALE"])


_AT_REST = {"TRANSLATION": [0.0, 0, 0], "ROTATION": [0.0, 0, 0, 1], "SCALE": [1.0, 1, 1]}


def _roots(document: Document) -> list[int]:
    """Roots of the default scene, else of the first; without scenes, all nodes that are no children."""
    if document.all("scenes"):
        return list(dict.fromkeys(document.get("scenes", document.json.get("scene", 0)).get("nodes") or []))
    above = parents(document)
    return [index for index in range(len(document.all("nodes"))) if index not in above]
