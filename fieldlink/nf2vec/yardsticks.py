"""Spaces that nf2vec's is compared with: the NeRFs' raw weights, and nf2vec before its training."""

import numpy as np
from jaxtyping import Float

from fieldlink.nf2vec.model import Nf2vecModel, embed


def compared_spaces(
    trained: Nf2vecModel, weights: Float[np.ndarray, "nerf number"], seed: int
) -> dict[str, Float[np.ndarray, "nerf dim"]]:
    """NeRFs in the trained space and in both yardsticks; `seed`: that of the training's start."""
    device = next(trained.parameters()).device
    untrained = Nf2vecModel(trained.params, trained.architecture, seed).to(device)
    spaces = {"trained": embed(trained, weights), "untrained": embed(untrained, weights), "raw_weights": weights}
    if trained.params.centred:  # training centres the embeddings at its end
        spaces["untrained"] -= spaces["untrained"].mean(0)
    return spaces
