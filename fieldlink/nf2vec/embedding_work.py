"""Work of a worker process: embed some NeRFs."""

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from fieldlink.core import datasets
from fieldlink.core.devices import map_in_batches, precision
from fieldlink.core.params import RuntimeParams
from fieldlink.core.resume import Rows
from fieldlink.nf2vec.model import Nf2vecModel, embed


@dataclass(frozen=True)
class NerfEmbeddingTask:
    """Some rows of dataset `nerfs`, and the model folder. The digest of its contents tells a retrained model apart."""

    nerfs: pa.Table
    nf2vec: Path
    digest: str
    runtime: RuntimeParams


def embed_nerfs(task: NerfEmbeddingTask) -> Rows:
    """Rows of dataset `nerf_embeddings`."""
    model, runtime = _model(task.nf2vec, task.digest, task.runtime.device), task.runtime
    with precision(runtime.precision, runtime.device):
        weights = datasets.matrix(task.nerfs["weights"])
        parts = list(map_in_batches(partial(embed, model), weights, runtime.nerfs_at_once))
    return Rows({"object_id": task.nerfs["object_id"].to_pylist(), "embedding": np.concatenate(parts)})


@lru_cache(maxsize=1)
def _model(folder: Path, _digest: str, device: str) -> Nf2vecModel:
    """The model, read once by a process."""
    return Nf2vecModel.read(folder).to(device)
