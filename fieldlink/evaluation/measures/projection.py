"""Spaces drawn in two dimensions by t-SNE (Figure 4.1)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.seeds import seed_of


def columns(
    spaces: Mapping[str, Float[np.ndarray, "object _"]],
    ids: Sequence[str],
    classes: Sequence[str],
    perplexity: float,
    study_seed: int,
) -> dict[str, Any]:
    """Of dataset `projections`: every object's place in every space."""
    seeds = {space: seed_of(study_seed, "projection", space) for space in spaces}
    places = np.concatenate([projected(vectors, perplexity, seeds[space]) for space, vectors in spaces.items()])
    return {
        "space": [space for space in spaces for _ in ids],
        "object_id": [*ids] * len(spaces),
        "x": places[:, 0],
        "y": places[:, 1],
        "class_name": [*classes] * len(spaces),
    }


def projected(vectors: Float[np.ndarray, "object dim"], perplexity: float, seed: int) -> Float[np.ndarray, "object 2"]:
    """t-SNE (van der Maaten and Hinton 2008) from a PCA start, cosine distances; no unit, only who is near whom.

    `perplexity` is cut to a third of the other objects. On one thread, as sums in another order lead elsewhere.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(perplexity, (len(vectors) - 1) / 3)
    with threadpool_limits(1):
        method = TSNE(2, perplexity=perplexity, init="pca", metric="cosine", random_state=seed % 2**32)
        return method.fit_transform(vectors.astype(np.float32))
