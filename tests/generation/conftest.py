"""A small nf2vec with random weights, and a few NeRFs."""

import numpy as np
import pytest
import torch

from fieldlink.core.params import FieldParams, Params
from fieldlink.nerf.field import xavier
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.weight_layout import size
from fieldlink.nf2vec.model import Nf2vecModel

ARCHITECTURE = FieldParams(encoding="frequency", octaves=3, units=12, hidden_layers=2, outputs=6)


@pytest.fixture(scope="session")
def model(params: Params) -> Nf2vecModel:
    nf2vec = params.nf2vec.model_copy(update={"encoder": (16, 24), "embedding": 20, "decoder": 28})
    return Nf2vecModel(nf2vec, ARCHITECTURE, seed=0).eval()


@pytest.fixture(scope="session")
def nerfs() -> NerfBatch:
    random = torch.Generator().manual_seed(0)
    weights = xavier(ARCHITECTURE, 0) + 0.3 * torch.randn(5, size(ARCHITECTURE), generator=random)
    return NerfBatch.of(weights.numpy(), [np.packbits(np.ones((6, 6, 6), bool)).tobytes()] * 5)
