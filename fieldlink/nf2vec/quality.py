"""What nf2vec makes of NeRFs: nearest neighbours by class beside two yardsticks, and what its decoder gives back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from fieldlink.core import datasets
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.decoder_psnr import decoder_psnr
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.yardsticks import compared_spaces


def quality(
    model: Nf2vecModel,
    rows: pa.Table,
    class_of: Mapping[str, str],
    rank_1: Callable[[np.ndarray, Sequence[str]], float],
    seed: int,
) -> dict[str, Any]:
    """Class hits at rank 1 in each space (percent), PSNR of the decoder (dB), and how many NeRFs there are.

    `rows`: of dataset `nerfs`; `class_of`: by id; `rank_1`: the share of hits among vectors with their classes.
    """
    weights = datasets.matrix(rows["weights"])
    classes = [class_of[key] for key in rows["object_id"].to_pylist()]
    spaces = compared_spaces(model, weights, seed)
    values = {f"rank_1_{name}": 100 * rank_1(space, classes) for name, space in spaces.items()}
    values["decoder_psnr"] = decoder_psnr(model, NerfBatch.of(weights, rows["occupancy"].to_pylist()), seed).mean()
    return {name: round(float(value), 2) for name, value in values.items()} | {"objects": len(rows)}
