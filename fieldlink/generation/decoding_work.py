"""The decoding of the vectors of one object or photo, as a worker process does it; the worker alone imports torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import GenerationParams
from fieldlink.core.schemas import VIEWS
from fieldlink.embeddings.selection import rows_of
from fieldlink.scenes import pictures

if TYPE_CHECKING:
    from fieldlink.nerf.rendering import Camera

Model = tuple[Mapping[str, np.ndarray], Mapping[str, Any]]  # tensors and config


@dataclass(frozen=True)
class DecodingTask:
    """The vectors of one object or photo, and the cameras from which their fields are rendered."""

    owner_id: str
    vectors: Mapping[tuple[str, str], Float[np.ndarray, " nerf"]]  # by kind of input and method
    cameras: pa.Table  # rows of dataset `views`
    nf2vec: Model
    generation: GenerationParams
    device: str


def read_cameras(views: Path, object_ids: Sequence[str], numbers: Sequence[int]) -> pa.Table:
    """Cameras of dataset `views`: those of the objects `object_ids` that have one of the `numbers`."""
    columns = ("object_id", "view", "camera_to_world", "camera_angle_x", "width", "height")
    return datasets.rows_with_ids(views, VIEWS, object_ids, columns).filter(pc.field("view").isin(numbers))


def decoding_tasks(
    vectors: Mapping[str, Mapping[tuple[str, str], Float[np.ndarray, " nerf"]]],
    cameras: pa.Table,
    object_ids: Sequence[str],
    nf2vec: Model,
    generation: GenerationParams,
    device: str,
) -> list[DecodingTask]:
    """One task for each object and photo of `vectors`.

    `cameras`: rows of dataset `views` of the objects `object_ids`. A photo is rendered from the cameras of the first.
    """
    photo_cameras = rows_of(cameras, "object_id", object_ids[:1])
    return [
        DecodingTask(
            owner_id=owner_id,
            vectors=owner_vectors,
            cameras=rows_of(cameras, "object_id", [owner_id]) if owner_id in object_ids else photo_cameras,
            nf2vec=nf2vec,
            generation=generation,
            device=device,
        )
        for owner_id, owner_vectors in vectors.items()
    ]


def decode(task: DecodingTask) -> dict[str, list[Any]]:
    """Columns of dataset `generated_views`. Raises `InputError` if there is no camera, or more than one kind."""
    import torch

    from fieldlink.generation.decoding import render_vector
    from fieldlink.nf2vec.model import Nf2vecModel

    camera, (tensors, config) = _camera(task), task.nf2vec
    decoder = Nf2vecModel.of(dict(tensors), dict(config)).to(task.device).decoder
    rows, generation = task.cameras, task.generation
    poses = datasets.matrix(rows["camera_to_world"]).reshape(-1, 3, 4)
    columns: dict[str, list[Any]] = {name: [] for name in ("owner_id", "kind", "method", "view", "image")}
    for (kind, method), vector in task.vectors.items():
        tensor = torch.tensor(vector, device=task.device)
        images = render_vector(decoder, tensor, poses, camera, cells=generation.cells, step=generation.step)
        columns["owner_id"] += [task.owner_id] * len(images)
        columns["kind"] += [kind] * len(images)
        columns["method"] += [method] * len(images)
        columns["view"] += rows["view"].to_pylist()
        columns["image"] += [pictures.encode(image) for image in images]
    return columns


def _camera(task: DecodingTask) -> "Camera":
    """The intrinsics that all views share."""
    from fieldlink.nerf.rendering import Camera

    rows = task.cameras.select(["camera_angle_x", "width", "height"]).to_pylist()
    cameras = {Camera(angle=row["camera_angle_x"], width=row["width"], height=row["height"]) for row in rows}
    if not cameras:
        numbers = list(task.generation.views)
        raise InputError(
            f"{task.owner_id}: no view of generation.views, {numbers}; expected at least one that there is"
        )
    if len(cameras) > 1:
        raise InputError(f"{task.owner_id}: views differ in size or field of view, expected one of each")
    return cameras.pop()


def join_columns(parts: Sequence[Mapping[str, list[Any]]]) -> dict[str, list[Any]]:
    """Columns of several tasks, one below the other."""
    return {name: [value for part in parts for value in part[name]] for name in parts[0]}
