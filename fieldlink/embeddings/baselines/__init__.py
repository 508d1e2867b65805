"""Registry of other embeddings of NeRFs than nf2vec's: a file each, named as its section of `baselines.embeddings`."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core import registry
from fieldlink.core.params import NerfEmbeddingParams
from fieldlink.embeddings.nerf_embeddings import EmbeddingInputs, NerfEmbeddingEntry

NERF_EMBEDDINGS: Mapping[str, NerfEmbeddingEntry[Any]] = {
    module.__name__.rpartition(".")[2]: module.EMBEDDING for module in registry.modules(__name__, __path__)
}


def embed(
    name: str, inputs: EmbeddingInputs, params: NerfEmbeddingParams
) -> tuple[list[str], Float[np.ndarray, "nerf number"]]:
    """Ids of NeRFs, and a vector of each, by the embedding of that name; `params`: its section."""
    entry = registry.member(NERF_EMBEDDINGS, name, "baselines.embeddings", "fieldlink/embeddings/baselines")
    return entry.embed(inputs, params)
