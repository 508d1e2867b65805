"""A few NeRFs of random weights around a shared start, each solid somewhere in the middle of the box."""

import numpy as np
import pytest
import torch

from fieldlink.core.params import FieldParams, Nf2vecParams, Params
from fieldlink.nerf.field import xavier
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.weight_layout import size

CELLS = 8


@pytest.fixture(scope="session")
def architecture() -> FieldParams:
    return FieldParams(encoding="frequency", octaves=4, units=12, hidden_layers=2, outputs=6)


@pytest.fixture(scope="session")
def nf2vec_params(params: Params) -> Nf2vecParams:
    """nf2vec with everything small."""
    small = {"steps": 12, "batch": 3, "points": 32, "rays": 8, "samples": 6, "validate_every": 5}
    training = params.nf2vec.training.model_copy(update=small)
    sizes = {"encoder": (16, 24), "embedding": 20, "decoder": 28, "training": training}
    return params.nf2vec.model_copy(update=sizes)


@pytest.fixture(scope="session")
def nerfs(architecture: FieldParams) -> NerfBatch:
    random = torch.Generator().manual_seed(0)
    weights = xavier(architecture, 0) + 0.3 * torch.randn(7, size(architecture), generator=random)
    grids = np.zeros((7, CELLS, CELLS, CELLS), bool)
    for number, grid in enumerate(grids):
        grid[2:6, 2 : 5 + number % 3, 3:6] = True
    return NerfBatch.of(weights.numpy(), [np.packbits(grid).tobytes() for grid in grids])
