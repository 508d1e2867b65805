"""Embed some pictures: the work of one worker process, as rows of dataset `image_embeddings`."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
from jaxtyping import Float, UInt8

from fieldlink.clip.interface import JointEncoder
from fieldlink.core.devices import map_in_batches, precision
from fieldlink.core.errors import InputError
from fieldlink.core.params import RuntimeParams
from fieldlink.core.resume import Rows
from fieldlink.core.workers import map_in_threads
from fieldlink.scenes import pictures


@dataclass(frozen=True)
class PictureEmbeddingTask:
    """Rows of a dataset of pictures, and the model that embeds them."""

    rows: pa.Table
    owner: str  # the column of ids
    domain: str
    clip: Path
    clip_digest: str  # of the model folder: a worker reloads a model that has changed
    batch: int  # pictures embedded at once
    runtime: RuntimeParams


def embed_pictures(task: PictureEmbeddingTask) -> Rows:
    """Rows of dataset `image_embeddings`; pictures are decoded batch by batch."""
    encoder, runtime = _encoder(task.clip, task.clip_digest, task.runtime.device), task.runtime

    def embedded(rows: pa.Table) -> Float[np.ndarray, "picture dim"]:
        return encoder.images(_decoded(rows, task.owner, runtime.device), len(rows))

    with precision(runtime.precision, runtime.device):
        vectors = np.concatenate(list(map_in_batches(embedded, task.rows, task.batch)))
    count = len(task.rows)
    columns = {
        "owner_id": task.rows[task.owner].to_pylist(),
        "view": task.rows["view"].to_pylist() if "view" in task.rows.column_names else [0] * count,
        "domain": [task.domain] * count,
        "embedding": vectors,
    }
    return Rows(columns)


@lru_cache(maxsize=1)
def _encoder(folder: Path, _digest: str, device: str) -> JointEncoder:
    """The encoder, loaded once per process. open_clip is imported only by a process that embeds."""
    from fieldlink.clip import encoders

    return encoders.load(folder, device)


def _decoded(rows: pa.Table, owner: str, device: str) -> list[UInt8[np.ndarray, "_ _ 3"]]:
    def decoded(row: tuple[str, bytes]) -> np.ndarray:
        owner_id, data = row
        try:
            return pictures.on_black(pictures.decode(data))
        except InputError as error:
            raise InputError(f"{owner} {owner_id}: {error}") from error

    return map_in_threads(decoded, list(zip(rows[owner].to_pylist(), rows["image"].to_pylist(), strict=True)), device)
