"""Nearest neighbours by cosine: their definition. `fast_neighbours` finds the same sooner."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from fieldlink.evaluation.measures.cosines import cosines, cosines_in_parts


@dataclass(frozen=True)
class Gallery:
    """Items to be found. Several may belong to one object."""

    items: Float[np.ndarray, "item dim"]
    owner: Int[np.ndarray, " item"]  # index of an item's object

    @staticmethod
    def of_objects(items: Float[np.ndarray, "item dim"]) -> "Gallery":
        """One item an object, in their order."""
        return Gallery(items, np.arange(len(items)))


@dataclass(frozen=True)
class Neighbours:
    """The nearest items of each query, nearest first. Where the gallery has no more: −1 and −inf."""

    item: Int[np.ndarray, "query rank"]
    similarity: Float[np.ndarray, "query rank"]  # cosine


def nearest_neighbours(
    queries: Float[np.ndarray, "query dim"], own_object: Int[np.ndarray, " query"], gallery: Gallery, k: int
) -> Neighbours:
    """The `k` items of highest cosine with each query; ties by lower index.

    `own_object`: the query's object, whose items are removed before the cut at k (−1: none).
    """
    similarity = cosines(queries, gallery.items)
    similarity[own_object[:, None] == gallery.owner] = -np.inf
    return _highest(similarity, k)


def nearest_objects(
    queries: Float[np.ndarray, "query dim"], own_object: Int[np.ndarray, " query"], gallery: Gallery, k: int
) -> Neighbours:
    """The `k` objects whose nearest items have the highest cosines with each query; ties by lower index.

    Otherwise as `nearest_neighbours`. The items of each object lie side by side, in order of objects.
    """
    nearest = []
    for part, similarity in object_cosines(queries, gallery):
        rows = np.flatnonzero(own_object[part] >= 0)
        similarity[rows, own_object[part][rows]] = -np.inf
        nearest.append(_highest(similarity, k))
    return Neighbours(*(np.concatenate([getattr(part, name) for part in nearest]) for name in ("item", "similarity")))


def object_cosines(
    queries: Float[np.ndarray, "query dim"], gallery: Gallery
) -> Iterator[tuple[slice, Float[np.ndarray, "part object"]]]:
    """The cosine of queries with each object's nearest item, for some queries at a time, and which queries those are.

    The items of each object lie side by side, in order of objects.
    """
    first = np.flatnonzero(np.diff(gallery.owner, prepend=-1))
    for part, similarity in cosines_in_parts(queries, gallery.items):
        yield part, np.maximum.reduceat(similarity, first, axis=1)


def _highest(similarity: Float[np.ndarray, "query item"], k: int) -> Neighbours:
    item = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
    nearest = np.take_along_axis(similarity, item, axis=1)
    return Neighbours(np.where(nearest > -np.inf, item, -1), nearest)
