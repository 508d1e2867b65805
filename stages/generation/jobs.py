"""What worker processes do with one object or photo: decode its vectors from some cameras. Only they import torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from stages import datasets
from stages.params import Generation
from stages.scenes import pictures


@dataclass(frozen=True)
class ToDecode:
    """Its vectors by what was decoded and how, and rows of dataset `views` (their cameras)."""

    owner_id: str
    vectors: Mapping[tuple[str, str], Float[np.ndarray, " nerf"]]  # by kind and method
    cameras: pa.Table
    nf2vec: tuple[Mapping[str, np.ndarray], Mapping[str, Any]]  # tensors and config
    how: Generation
    device: str


def decode(job: ToDecode) -> dict[str, list[Any]]:
    """Columns of dataset `generated_views`."""
    import torch

    from stages.generation.rendering import picture
    from stages.nerf.rendering import Camera
    from stages.nf2vec.model import Model

    tensors, config = job.nf2vec
    decoder = Model.of(dict(tensors), dict(config)).to(job.device).decoder
    rows = job.cameras
    poses = datasets.matrix(rows["camera_to_world"]).reshape(-1, 3, 4)
    camera = Camera(*(rows[name][0].as_py() for name in ("camera_angle_x", "width", "height")))
    columns: dict[str, list[Any]] = {name: [] for name in ("owner_id", "kind", "method", "view", "image")}
    for (kind, method), vector in job.vectors.items():
        given = torch.tensor(vector, device=job.device)
        images = picture(decoder, given, poses, camera, cells=job.how.cells, step=job.how.step)
        columns["owner_id"] += [job.owner_id] * len(images)
        columns["kind"] += [kind] * len(images)
        columns["method"] += [method] * len(images)
        columns["view"] += rows["view"].to_pylist()
        columns["image"] += [pictures.encode(image) for image in images]
    return columns


def joined(parts: Sequence[Mapping[str, list[Any]]]) -> dict[str, list[Any]]:
    """Columns of several jobs one below the other."""
    return {name: [value for part in parts for value in part[name]] for name in parts[0]}
