"""The losses of the small CLIP's training as rows of `training_curves`."""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from fieldlink.core import datasets, schemas


class ClipLosses(NamedTuple):
    """At one check."""

    step: int  # taken so far
    train: float  # mean over the steps since the check before
    validation: float


def curve_table(losses: Sequence[ClipLosses], seed: int) -> pa.Table:
    """Both losses of each check; without checks, a table without rows."""
    rows = [(loss.step, split, getattr(loss, split)) for split in ("train", "validation") for loss in losses]
    columns = {
        "variant": ["clip"] * len(rows),
        "seed": [seed] * len(rows),
        "step": [step for step, _, _ in rows],
        "split": [split for _, split, _ in rows],
        "loss": [loss for _, _, loss in rows],
    }
    return datasets.table(schemas.TRAINING_CURVES, columns)
