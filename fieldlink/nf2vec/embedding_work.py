"""What a worker does with some NeRFs: embed them."""

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from fieldlink.core import datasets, saved_models
from fieldlink.core.devices import map_in_batches, precision
from fieldlink.core.params import RuntimeParams
from fieldlink.core.resume import Rows
from fieldlink.nf2vec.model import Nf2vecModel, embed


@dataclass(frozen=True)
class NerfEmbeddingTask:
    """Some rows of dataset `nerfs`, and the model folder, told from its later contents by their digest."""

    nerfs: pa.Table
    nf2vec: Path
    print: str
    runtime: RuntimeParams


def embed_nerfs(job: NerfEmbeddingTask) -> Rows:
    """Rows of dataset `nerf_embeddings`."""
    model, how = _model(job.nf2vec, job.print, job.runtime.device), job.runtime
    with precision(how.precision, how.device):
        parts = list(map_in_batches(partial(embed, model), datasets.matrix(job.nerfs["weights"]), how.nerfs_at_once))
    return Rows({"object_id": job.nerfs["object_id"].to_pylist(), "embedding": np.concatenate(parts)})


@lru_cache(maxsize=1)
def _model(folder: Path, _print: str, device: str) -> Nf2vecModel:
    """Read once by a process."""
    return Nf2vecModel.of(*saved_models.read_model(folder)).to(device)
