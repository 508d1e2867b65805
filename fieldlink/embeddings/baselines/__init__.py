"""Other embeddings of NeRFs than nf2vec's: a file each, named as its section of `baselines.embeddings`."""

import numpy as np
from jaxtyping import Float

from fieldlink.core import registry
from fieldlink.core.params import NerfEmbeddingParams
from fieldlink.embeddings.nerf_embeddings import EmbeddingInputs


def embed(
    name: str, inputs: EmbeddingInputs, params: NerfEmbeddingParams
) -> tuple[list[str], Float[np.ndarray, "nerf number"]]:
    """Ids of NeRFs, and a vector of each, by the file of that name; `params`: its section."""
    return registry.module(__name__, __path__, name, "baselines.embeddings").embed(inputs, params)
