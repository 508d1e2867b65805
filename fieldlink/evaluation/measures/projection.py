"""A space drawn in two dimensions by t-SNE (Figure 4.1)."""

import numpy as np
from jaxtyping import Float


def projected(vectors: Float[np.ndarray, "object dim"], perplexity: float, seed: int) -> Float[np.ndarray, "object 2"]:
    """t-SNE (van der Maaten and Hinton 2008) from a PCA start, cosine distances; no unit, only who is near whom.

    `perplexity` is cut to a third of the other objects. It runs on one thread, because another order of sums gives
    another picture.
    """
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    perplexity = min(perplexity, (len(vectors) - 1) / 3)
    with threadpool_limits(1):
        method = TSNE(2, perplexity=perplexity, init="pca", metric="cosine", random_state=seed % 2**32)
        return method.fit_transform(vectors.astype(np.float32))
