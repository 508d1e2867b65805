"""Nearest neighbours by cosine: their definition. `fast_neighbours` finds the same sooner."""

from collections.abc import Iterator, Sequence
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

    @staticmethod
    def joined(parts: Sequence["Neighbours"]) -> "Neighbours":
        """Those of some queries after those of others."""
        similarity = np.concatenate([part.similarity for part in parts])
        return Neighbours(np.concatenate([part.item for part in parts]), similarity)


def nearest_neighbours(
    queries: Float[np.ndarray, "query dim"], own_object: Int[np.ndarray, " query"], gallery: Gallery, k: int
) -> Neighbours:
    """The `k` items of highest cosine with each query; ties by lower index.

    `own_object`: the query's object, whose items are removed before the cut at k (−1: none).
    """
    return highest(cosines(queries, gallery.items), own_object, gallery.owner, k)


def highest(
    similarity: Float[np.ndarray, "query item"],
    own_object: Int[np.ndarray, " query"],
    owner: Int[np.ndarray, " item"],
    k: int,
) -> Neighbours:
    """What `nearest_neighbours` gives, from the cosines of queries and items, which are overwritten."""
    similarity[own_object[:, None] == owner] = -np.inf
    item = np.argsort(-similarity, axis=1, kind="stable")[:, :k]
    nearest = np.take_along_axis(similarity, item, axis=1)
    return Neighbours(np.where(nearest > -np.inf, item, -1), nearest)


def object_cosines(
    queries: Float[np.ndarray, "query dim"], gallery: Gallery
) -> Iterator[tuple[slice, Float[np.ndarray, "part object"]]]:
    """The cosine of queries with each object's nearest item, for some queries at a time, and which queries those are.

    The items of each object lie side by side, in order of objects.
    """
    first = np.flatnonzero(np.diff(gallery.owner, prepend=-1))
    for part, similarity in cosines_in_parts(queries, gallery.items):
        yield part, np.maximum.reduceat(similarity, first, axis=1)
