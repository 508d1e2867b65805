"""NeRFs by functa's vectors. What computes them is imported when it is used: it needs torch."""

import numpy as np
from jaxtyping import Float

from fieldlink.core.params.baselines import FunctaParams
from fieldlink.embeddings.nerf_embeddings import EmbeddingInputs, NerfEmbeddingEntry


def embed(inputs: EmbeddingInputs, functa: FunctaParams) -> tuple[list[str], Float[np.ndarray, "nerf latent"]]:
    """The original objects' NeRFs, in a base fitted to those for training."""
    from fieldlink.embeddings import functa_fields

    return functa_fields.embed(inputs, functa)


EMBEDDING = NerfEmbeddingEntry(title="modulations of one shared field", params=FunctaParams, embed=embed)
