"""What a worker does with some pictures: embed them."""

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
    """Rows of a dataset of pictures, and the model folder, told from its later contents by their digest."""

    rows: pa.Table
    owner: str  # the column of ids
    domain: str
    clip: Path
    print: str
    batch: int
    runtime: RuntimeParams


def embed_pictures(job: PictureEmbeddingTask) -> Rows:
    """Rows of dataset `image_embeddings`; pictures are decoded batch by batch."""
    encoder, how = _encoder(job.clip, job.print, job.runtime.device), job.runtime

    def embedded(rows: pa.Table) -> Float[np.ndarray, "picture dim"]:
        return encoder.images(_decoded(rows, job.owner, how.device), len(rows))

    with precision(how.precision, how.device):
        vectors = np.concatenate(list(map_in_batches(embedded, job.rows, job.batch)))
    count = len(job.rows)
    columns = {
        "owner_id": job.rows[job.owner].to_pylist(),
        "view": job.rows["view"].to_pylist() if "view" in job.rows.column_names else [0] * count,
        "domain": [job.domain] * count,
        "embedding": vectors,
    }
    return Rows(columns)


@lru_cache(maxsize=1)
def _encoder(folder: Path, _print: str, device: str) -> JointEncoder:
    """Read once by a process; only one that embeds imports open_clip."""
    from fieldlink.clip import encoders

    return encoders.load(folder, device)


def _decoded(rows: pa.Table, owner: str, device: str) -> list[UInt8[np.ndarray, "_ _ 3"]]:
    def decoded(row: tuple[str, bytes]) -> np.ndarray:
        identity, data = row
        try:
            return pictures.on_black(pictures.decode(data))
        except InputError as error:
            raise InputError(f"{owner} {identity}: {error}") from error

    return map_in_threads(decoded, list(zip(rows[owner].to_pylist(), rows["image"].to_pylist(), strict=True)), device)
