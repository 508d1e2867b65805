"""What nf2vec makes of NeRFs: their neighbours beside two yardsticks, and what its decoder gives back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from fieldlink.core import datasets
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.decoder_psnr import decoder_psnr
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.yardsticks import compared_spaces

# From the vectors of each space, and the NeRFs' classes and ids, to numbers by name
SpaceMeasures = Callable[[Mapping[str, np.ndarray], Sequence[str], Sequence[str]], dict[str, Any]]


def quality(
    model: Nf2vecModel, rows: pa.Table, class_of: Mapping[str, str], measures: SpaceMeasures, seed: int
) -> dict[str, Any]:
    """The `measures` of the spaces, PSNR of the decoder (dB), and how many NeRFs there are.

    `rows`: those of dataset `nerfs`; `class_of`: classes by id.
    """
    weights, object_ids = datasets.matrix(rows["weights"]), rows["object_id"].to_pylist()
    values = measures(compared_spaces(model, weights, seed), [class_of[key] for key in object_ids], object_ids)
    psnr = decoder_psnr(model, NerfBatch.of(weights, rows["occupancy"].to_pylist()), seed).mean()
    return values | {"decoder_psnr": round(float(psnr), 2), "objects": len(rows)}
