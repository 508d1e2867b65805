"""NeRFs as points in the space of their weights, by its principal directions."""

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
    most = min(components, *training.shape)
    return PCA(most, random_state=seed % 2**32).fit(training).transform(weights).astype(np.float32)
