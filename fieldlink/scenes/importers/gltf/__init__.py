"""glTF 2.0: a reader of all that the core specification says about geometry and base colour (docs/formats.md).

Not trimesh's: that one knows no skins, morph targets, instances, sparse accessors, quantisation, texture transforms or
specular-glossiness, and drops vertex colours beside a material.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.gltf import nodes, primitives, skins
from fieldlink.scenes.importers.gltf.document import Document, parsed
from fieldlink.scenes.importers.gltf.materials import Materials
from fieldlink.scenes.importers.gltf.primitives import Primitive
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles
from fieldlink.scenes.importers.mesh_files.mesh_parts import MOST_FACES, MeshFile, MeshPart, rgba


def read(data: bytes, companions: CompanionFiles) -> MeshFile:
    """Every triangle of the default scene, in its frame (y up). Raises `InputError` for what can't be drawn right."""
    document = parsed(data, companions)
    looks, world, parts, count = Materials(document), nodes.placed_nodes(document), [], 0
    hidden = nodes.hidden_nodes(document)
    for index in (index for index in world if index not in hidden):
        for primitive, matrices in _placed(document, index, world, looks):
            count += len(primitive.faces) * len(matrices)
            if count > MOST_FACES:
                raise InputError(f"more than {MOST_FACES:,} faces")
            document.count((len(matrices) - 1) * sum(rows.size for rows in primitive.attributes.values()))
            parts.append(_part(looks, primitive, matrices))
    return MeshFile(parts, linear=True, notes=looks.images.notes())


def _placed(
    document: Document, index: int, world: Mapping[int, Float[np.ndarray, "4 4"]], looks: Materials
) -> Iterator[tuple[Primitive, Float[np.ndarray, "instance 4 4"]]]:
    """The primitives of a node's mesh, and where they stand. A skinned one is already where its joints take it."""
    node = document.get("nodes", index)
    if "mesh" not in node:
        return
    mesh = document.get("meshes", node["mesh"])
    joints = skins.joint_matrices(document, node["skin"], world) if "skin" in node else None
    weights = node.get("weights") or mesh.get("weights") or []
    for entry in filter(primitives.has_triangles, mesh.get("primitives") or []):
        used = looks.material(entry.get("material")).coordinates
        primitive = primitives.read(document, entry, weights, coordinates=used, skin=joints is not None)
        if not len(primitive.faces):
            continue
        if joints is not None and "JOINTS_0" in primitive.attributes:
            points = skins.skinned(primitive.attributes, joints)
            yield replace(primitive, attributes=primitive.attributes | {"POSITION": points}), np.eye(4)[None]
        else:
            yield primitive, world[index] @ nodes.instances(document, node)


def _part(looks: Materials, primitive: Primitive, matrices: Float[np.ndarray, "instance 4 4"]) -> MeshPart:
    """A primitive at its places. A mirrored one's triangles are turned over, so that they still face outwards."""
    count, size = len(matrices), len(primitive.attributes["POSITION"])
    attributes = {name: np.tile(rows, (count, 1)) for name, rows in primitive.attributes.items()}
    points = np.einsum("nij,vj->nvi", matrices[:, :3, :3], primitive.attributes["POSITION"]) + matrices[:, None, :3, 3]
    mirrored = np.linalg.det(matrices[:, :3, :3])[:, None, None] < 0
    faces = np.where(mirrored, primitive.faces[:, ::-1], primitive.faces) + size * np.arange(count)[:, None, None]
    material = looks.material(primitive.material)
    return MeshPart(
        points.reshape(-1, 3),
        faces.reshape(-1, 3),
        looks.base(material, attributes),
        rgba(np.clip(attributes["COLOR_0"], 0, 1)) if "COLOR_0" in attributes else None,
        looks.emission(material, attributes),
        material.cutoff,
    )
