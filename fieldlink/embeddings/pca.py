"""NeRFs by the principal components of their weights."""

import numpy as np
from jaxtyping import Float
from sklearn.decomposition import PCA


def principal_components(
    training: Float[np.ndarray, "training number"],
    weights: Float[np.ndarray, "nerf number"],
    components: int,
    seed: int,
) -> Float[np.ndarray, "nerf component"]:
    """The first `components` principal components of the training NeRFs' weights; no more than there are."""
    count = min(components, *training.shape)
    return PCA(count, random_state=seed % 2**32).fit(training).transform(weights).astype(np.float32)
