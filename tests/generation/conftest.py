"""A small nf2vec that has learnt a few NeRFs by heart."""

import numpy as np
import pytest
import torch

from fieldlink.core.params import Architecture, Params
from fieldlink.nerf.field import xavier
from fieldlink.nerf.nerf_batches import Nerfs
from fieldlink.nerf.weight_layout import size
from fieldlink.nf2vec.model import Model

ARCHITECTURE = Architecture(encoding="frequency", octaves=3, units=12, hidden_layers=2, outputs=6)


@pytest.fixture(scope="session")
def model(params: Params) -> Model:
    how = params.nf2vec.model_copy(update={"encoder": (16, 24), "embedding": 20, "decoder": 28})
    return Model(how, ARCHITECTURE, seed=0).eval()


@pytest.fixture(scope="session")
def nerfs() -> Nerfs:
    random = torch.Generator().manual_seed(0)
    weights = xavier(ARCHITECTURE, 0) + 0.3 * torch.randn(5, size(ARCHITECTURE), generator=random)
    return Nerfs.of(weights.numpy(), [np.packbits(np.ones((6, 6, 6), bool)).tobytes()] * 5)
