"""Vectors of two spaces end to end: [v ; g(v)] of a NeRF, [f(c) ; c] of a query (Table 4.7)."""

import numpy as np
from jaxtyping import Float

from fieldlink.evaluation.measures.cosines import unit


def concatenated(
    nerf: Float[np.ndarray, "row nerf"], clip: Float[np.ndarray, "row clip"]
) -> Float[np.ndarray, "row both"]:
    """Both as they are: the longer vector decides."""
    return np.concatenate([nerf, clip], axis=1)


def weighted_concatenation(
    nerf: Float[np.ndarray, "row nerf"], clip: Float[np.ndarray, "row clip"], alpha: float
) -> Float[np.ndarray, "row both"]:
    """[√α v̂ ; √(1−α) ĉ], so that a cosine is α times that of the NeRFs' space plus (1−α) times that of CLIP's.

    α = ½ is both normalised.
    """
    return np.concatenate([alpha**0.5 * unit(nerf), (1 - alpha) ** 0.5 * unit(clip)], axis=1)
