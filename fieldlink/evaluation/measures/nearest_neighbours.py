"""Nearest neighbours by cosine: their definition. `fast_neighbours` finds the same sooner."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from fieldlink.evaluation.measures.cosines import cosines


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


def distinct_owners(nearest: Neighbours, owner: Int[np.ndarray, " item"], k: int) -> Neighbours:
    """The first `k` objects that own the nearest items, in the order of their nearest items."""
    owners = np.where(nearest.item >= 0, owner[nearest.item], -1)
    order = np.argsort(owners, axis=1, kind="stable")  # items of one object side by side, nearest first
    in_order = np.take_along_axis(owners, order, axis=1)
    is_first = np.empty(owners.shape, bool)
    np.put_along_axis(is_first, order, np.diff(in_order, prepend=-1, axis=1) > 0, axis=1)
    query, column = np.nonzero(is_first)
    rank = is_first.cumsum(1)[query, column] - 1
    query, column, rank = query[rank < k], column[rank < k], rank[rank < k]
    result = Neighbours(np.full((len(owners), k), -1), np.full((len(owners), k), -np.inf, np.float32))
    result.item[query, rank], result.similarity[query, rank] = owners[query, column], nearest.similarity[query, column]
    return result


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
