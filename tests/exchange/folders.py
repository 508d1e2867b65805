"""A folder of NeRFs in the official layout, written as the official code writes them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from fieldlink.core.params import FieldParams
from fieldlink.nerf import field, weight_layout
from fieldlink.scenes import cameras, pictures

CELLS, VIEWS, SIDE = 12, 4, 16
FIELD = FieldParams(encoding="frequency", octaves=3, units=8, hidden_layers=2, outputs=5)
SYNSETS = ("02958343", "03001627")


def official(folder: Path, seed: int, *, suffix: str = "_compressed", with_pictures: bool = True) -> dict[str, Any]:
    """One NeRF's folder; returns what it holds."""
    random = torch.Generator().manual_seed(seed)
    weights = field.xavier(FIELD, 0) + 0.3 * torch.randn(weight_layout.size(FIELD), generator=random)
    grid = torch.zeros(CELLS, CELLS, CELLS, dtype=torch.bool)
    grid[3:9, 4 : 6 + seed % 4, 2:10] = True
    poses = cameras.disn_poses(seed, VIEWS)
    folder.mkdir(parents=True)
    torch.save({"mlp_base.params": weights}, folder / "nerf_weights.pth")
    box = torch.tensor([-0.7, -0.7, -0.7, 0.7, 0.7, 0.7]).half()
    resolution = torch.tensor([CELLS] * 3).half()
    torch.save({"_roi_aabb": box, "_binary": grid.to_sparse(), "resolution": resolution}, folder / "grid.pth")
    matrices = [np.concatenate([pose, [[0, 0, 0, 1]]]).tolist() for pose in poses.astype(float)]
    frames = [{"file_path": f"train/{n:02d}", "transform_matrix": matrix} for n, matrix in enumerate(matrices)]
    text = json.dumps({"camera_angle_x": cameras.DISN_ANGLE, "frames": frames})
    (folder / f"transforms_train{suffix}.json").write_text(text)
    images = np.random.default_rng(seed).integers(0, 256, (VIEWS, SIDE, SIDE, 4), np.uint8)
    images[:, :4, :, 3], images[:, 6, 6, 3] = 0, 255
    if with_pictures:
        (folder / "train").mkdir()
        for number, image in enumerate(images):
            (folder / "train" / f"{number:02d}.png").write_bytes(pictures.encode(image))
    return {"weights": weights.numpy(), "grid": grid.numpy(), "poses": poses, "images": images}
