"""Skins of glTF: vertices that follow joints, at the pose in which the file stores its nodes."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.gltf import accessors, nodes
from fieldlink.scenes.importers.gltf.document import Document


def joint_matrices(
    document: Document, index: int, world: Mapping[int, Float[np.ndarray, "4 4"]]
) -> Float[np.ndarray, "joint 4 4"]:
    """Maps from a skinned mesh's frame to the world, one a joint. The mesh's own node doesn't count.

    A joint outside the scene stands where its parents take it, and isn't drawn.
    """
    skin = document.get("skins", index)
    joints = skin.get("joints") or []
    outside = [joint for joint in joints if joint not in world]
    above = nodes.parents(document) if outside else {}
    posed = {joint: world[joint] for joint in joints if joint in world}
    posed |= {joint: nodes.placed_alone(document, joint, above) for joint in outside}
    to_bone = np.tile(np.eye(4), (len(joints), 1, 1))
    if "inverseBindMatrices" in skin:
        rows = accessors.values(document, skin["inverseBindMatrices"])
        if rows.shape[0] < len(joints) or rows.shape[1] != 16:
            raise InputError(f"skins[{index}]: {len(rows)} inverse bind matrices for {len(joints)} joints")
        to_bone = rows[: len(joints)].astype(np.float64).reshape(-1, 4, 4).swapaxes(1, 2)
    return np.array([posed[joint] for joint in joints]).reshape(-1, 4, 4) @ to_bone


def skinned(
    attributes: Mapping[str, Float[np.ndarray, "vertex _"]], matrices: Float[np.ndarray, "joint 4 4"]
) -> Float[np.ndarray, "vertex 3"]:
    """Positions in the world: the weighted mean of where the joints take them. Weights are normalised."""
    sets = sorted(name[len("JOINTS_") :] for name in attributes if name.startswith("JOINTS_"))
    if lacking := [number for number in sets if f"WEIGHTS_{number}" not in attributes]:
        raise InputError(f"a skinned mesh has JOINTS_{lacking[0]} without WEIGHTS_{lacking[0]}")
    joints = np.concatenate([attributes[f"JOINTS_{number}"] for number in sets], axis=1).astype(np.int64)
    weights = np.concatenate([attributes[f"WEIGHTS_{number}"] for number in sets], axis=1)
    joints = np.where(weights > 0, joints, 0)
    if joints.size and joints.max() >= len(matrices):
        raise InputError(f"a vertex follows joint {joints.max()}, expected 0 to {len(matrices) - 1}")
    weights[:, 0] = np.where(weights.sum(axis=1) > 0, weights[:, 0], 1)
    weights = weights / weights.sum(axis=1, keepdims=True)
    points = np.column_stack([attributes["POSITION"], np.ones(len(weights))])
    moved = np.zeros((len(points), 3))
    for slot in range(weights.shape[1]):
        moved += weights[:, slot, None] * np.einsum("vij,vj->vi", matrices[joints[:, slot], :3], points)
    return moved
