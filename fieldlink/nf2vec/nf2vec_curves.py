"""The curve of nf2vec's training as rows of dataset `training_curves`."""

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets, schemas

SPLITS = ("train", "validation")  # the curve's second and third column
NO_MEASUREMENTS = np.zeros((0, 3))


def curve_table(curve: Float[np.ndarray, "measurement 3"], seed: int) -> pa.Table:
    """Rows of `curve` (step, training loss, validation loss), one for each split and step."""
    steps, count = curve[:, 0].astype(int).tolist(), len(SPLITS)
    columns = {
        "variant": ["nf2vec"] * len(steps) * count,
        "seed": [seed] * len(steps) * count,
        "step": steps * count,
        "split": [split for split in SPLITS for _ in steps],
        "loss": curve[:, 1:].T.ravel(),
    }
    return datasets.table(schemas.TRAINING_CURVES, columns)
