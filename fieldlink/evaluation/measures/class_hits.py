"""Whether the nearest items are of the query's class."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int

from fieldlink.evaluation.measures.fast_neighbours import fast_neighbours
from fieldlink.evaluation.measures.nearest_neighbours import Gallery


def hit_at_k(
    item: Int[np.ndarray, "query rank"],
    query_class: Int[np.ndarray, " query"],
    item_class: Int[np.ndarray, " item"],
    k: int,
) -> Bool[np.ndarray, " query"]:
    """Has one of the first `k` items (−1: none) the query's class? "Recall@k" in the thesis."""
    first = item[:, :k]
    return ((first >= 0) & (item_class[first] == query_class[:, None])).any(1)


def rank_1(vectors: Float[np.ndarray, "object dim"], classes: Sequence[str] | Int[np.ndarray, " object"]) -> float:
    """Share of objects whose nearest other object has their class."""
    labels = np.unique(classes, return_inverse=True)[1]
    nearest = fast_neighbours(vectors, np.arange(len(vectors)), Gallery.of_objects(vectors), 1).item
    return float(hit_at_k(nearest, labels, labels, 1).mean())
