"""How well a space keeps the classes of its objects apart (Figure 4.1 as numbers)."""

import numpy as np
from jaxtyping import Float, Int

from fieldlink.evaluation.measures.fast_neighbours import fast_neighbours
from fieldlink.evaluation.measures.nearest_neighbours import Gallery


def silhouettes(
    vectors: Float[np.ndarray, "object dim"], classes: Int[np.ndarray, " object"]
) -> Float[np.ndarray, " object"]:
    """(b − a) / max(a, b) of every object, in cosine distance (Rousseeuw 1987): from −1 to 1, 0 where it is alone.

    a: mean distance to the others of its class; b: to those of the nearest other class.
    """
    from sklearn.metrics import silhouette_samples

    if len(np.unique(classes)) in (1, len(classes)):
        return np.zeros(len(classes))  # no other class, or every object alone
    return np.asarray(silhouette_samples(vectors.astype(np.float64), classes, metric="cosine"))


def purities(
    vectors: Float[np.ndarray, "object dim"], classes: Int[np.ndarray, " object"], k: int
) -> Float[np.ndarray, " object"]:
    """The share of every object's `k` nearest others by cosine (of all, if there are fewer) that have its class."""
    gallery, k = Gallery.of_objects(vectors), min(k, len(vectors) - 1)
    nearest = fast_neighbours(vectors, np.arange(len(vectors)), gallery, k).item
    return (classes[nearest] == classes[:, None]).mean(1)
