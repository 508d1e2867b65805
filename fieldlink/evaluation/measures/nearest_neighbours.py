"""Nearest neighbours by cosine: their definition. `fast_neighbours` finds the same sooner."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from fieldlink.evaluation.measures.cosines import cosines


@dataclass(frozen=True)
class Gallery:
    """Items to be found; several may belong to one object."""

    items: Float[np.ndarray, "item dim"]
    owner: Int[np.ndarray, " item"]  # index of an item's object

    @staticmethod
    def of_objects(items: Float[np.ndarray, "item dim"]) -> "Gallery":
        """One item an object, in their order."""
        return Gallery(items, np.arange(len(items)))


@dataclass(frozen=True)
class Neighbours:
    """The nearest items of each query, nearest first; −1 and −inf where the gallery has no more."""

    item: Int[np.ndarray, "query place"]
    similarity: Float[np.ndarray, "query place"]  # cosine


def nearest_neighbours(
    queries: Float[np.ndarray, "query dim"], own_object: Int[np.ndarray, " query"], gallery: Gallery, k: int
) -> Neighbours:
    """The `k` items of highest cosine with each query; ties by lower index.

    `own_object`: the query's object, whose items are removed before the cut at k (−1: none).
    """
    similarity = cosines(queries, gallery.items)
    similarity[own_object[:, None] == gallery.owner] = -np.inf
    item = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
    nearest = np.take_along_axis(similarity, item, axis=1)
    return Neighbours(np.where(nearest > -np.inf, item, -1), nearest)
