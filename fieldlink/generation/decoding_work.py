"""What worker processes do with one object or photo: decode its vectors from some cameras. Only they import torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import GenerationParams
from fieldlink.scenes import pictures

if TYPE_CHECKING:
    from fieldlink.nerf.rendering import Camera


@dataclass(frozen=True)
class DecodingTask:
    """Its vectors by what was decoded and how, and rows of dataset `views` (their cameras)."""

    owner_id: str
    vectors: Mapping[tuple[str, str], Float[np.ndarray, " nerf"]]  # by kind and method
    cameras: pa.Table
    nf2vec: tuple[Mapping[str, np.ndarray], Mapping[str, Any]]  # tensors and config
    how: GenerationParams
    device: str


def decode(job: DecodingTask) -> dict[str, list[Any]]:
    """Columns of dataset `generated_views`; raises `InputError` if there is no camera, or more than one kind."""
    import torch

    from fieldlink.generation.decoding import picture
    from fieldlink.nf2vec.model import Nf2vecModel

    camera, (tensors, config) = _camera(job), job.nf2vec
    decoder = Nf2vecModel.of(dict(tensors), dict(config)).to(job.device).decoder
    rows = job.cameras
    poses = datasets.matrix(rows["camera_to_world"]).reshape(-1, 3, 4)
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


def _camera(job: DecodingTask) -> "Camera":
    """What the views have in common."""
    from fieldlink.nerf.rendering import Camera

    found = {Camera(*row.values()) for row in job.cameras.select(["camera_angle_x", "width", "height"]).to_pylist()}
    if not found:
        asked = list(job.how.views)
        raise InputError(f"{job.owner_id}: no view of generation.views, {asked}; expected at least one that there is")
    if len(found) > 1:
        raise InputError(f"{job.owner_id}: views differ in size or field of view, expected one of each")
    return found.pop()


def joined(parts: Sequence[Mapping[str, list[Any]]]) -> dict[str, list[Any]]:
    """Columns of several jobs one below the other."""
    return {name: [value for part in parts for value in part[name]] for name in parts[0]}
