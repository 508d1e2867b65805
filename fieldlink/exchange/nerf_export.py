"""Fitted NeRFs in the official layout. An import of what is written gives the same bits."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float

from fieldlink.core.files import inside
from fieldlink.exchange.official_nerfs import COMPRESSED, GRID, PARAMETERS, ROOTS, TRANSFORMS, WEIGHTS
from fieldlink.nerf.field import HALF
from fieldlink.nerf.occupancy import unpack
from fieldlink.scenes import pictures
from fieldlink.scenes.views import Views


def folder_of(synset: str, base: str, augmentation: int) -> Path:
    """The folder of a NeRF, relative to that of the export. Raises `InputError` for an id that leads elsewhere."""
    name = f"{base}_A{augmentation}" if augmentation else base
    return inside(inside(Path(ROOTS[augmentation]), synset, "synset"), name, "object")


def write(folder: Path, weights: Float[np.ndarray, " weight"], occupancy: bytes, views: Views) -> None:
    """Write one NeRF's folder: weights, grid, cameras and pictures. `occupancy`: packed bits."""
    (folder / "train").mkdir(parents=True, exist_ok=True)
    torch.save({PARAMETERS: torch.tensor(weights, dtype=torch.float32)}, folder / WEIGHTS)
    torch.save(_grid(occupancy), folder / GRID)
    for number, image in enumerate(views.image):
        (folder / "train" / f"{number:02d}.png").write_bytes(pictures.encode(image))
    for name in (TRANSFORMS, COMPRESSED):
        (folder / name).write_text(json.dumps(_transforms(views)) + "\n", encoding="utf-8")


def split_entry(folder: Path) -> str:
    """The entry of a NeRF in train.json, validation.json or test.json. `folder`: relative to that of the export."""
    return f"./data/{folder}"


def _grid(occupancy: bytes) -> dict[str, torch.Tensor]:
    """The grid as the official code stores it, in half precision. Of its numbers only the box is rounded by that."""
    binary = unpack(occupancy)
    box = torch.tensor([-HALF] * 3 + [HALF] * 3)
    return {
        "_roi_aabb": box.half(),
        "_binary": binary.to_sparse(),
        "resolution": torch.tensor(binary.shape).half(),
    }


def _transforms(views: Views) -> dict[str, Any]:
    last_row = np.array([[0, 0, 0, 1]])
    frames = [
        {"file_path": f"train/{number:02d}", "transform_matrix": np.concatenate([pose, last_row]).tolist()}
        for number, pose in enumerate(views.camera_to_world.astype(np.float64))
    ]
    return {"camera_angle_x": float(views.camera_angle_x), "frames": frames}
