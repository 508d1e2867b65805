"""The loss of the small CLIP's training as rows of `training_curves`."""

from collections.abc import Sequence

import pyarrow as pa

from fieldlink.core import datasets, schemas


def curve_table(losses: Sequence[float], seed: int) -> pa.Table:
    """One row per step; without losses, a table without rows."""
    columns = {
        "variant": ["clip"] * len(losses),
        "seed": [seed] * len(losses),
        "step": list(range(len(losses))),
        "split": ["train"] * len(losses),
        "loss": losses,
    }
    return datasets.table(schemas.TRAINING_CURVES, columns)
