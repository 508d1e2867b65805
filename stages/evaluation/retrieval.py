"""Nearest neighbours by cosine, exact, and whether they are of the query's class."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

PAIRS_AT_ONCE = 2**24  # similarities held in memory


@dataclass(frozen=True)
class Gallery:
    """Items to be found; several may belong to one object."""

    items: Float[np.ndarray, "item dim"]
    owner: Int[np.ndarray, " item"]  # an item's object

    @staticmethod
    def of_objects(items: Float[np.ndarray, "item dim"]) -> "Gallery":
        """One item an object, in their order."""
        return Gallery(items, np.arange(len(items)))


@dataclass(frozen=True)
class Neighbours:
    """The nearest items of each query, nearest first; −1 and −inf where the gallery has no more."""

    item: Int[np.ndarray, "query place"]
    similarity: Float[np.ndarray, "query place"]  # cosine


def neighbours(
    queries: Float[np.ndarray, "query dim"], own: Int[np.ndarray, " query"], gallery: Gallery, k: int
) -> Neighbours:
    """The `k` items of highest cosine similarity; ties by lower index.

    `own`: the query's object, all of whose items are removed before the cut at k (−1: none).
    """
    found = []
    for part, similarity in similarities(queries, gallery):
        similarity[own[part, None] == gallery.owner] = -np.inf
        found.append(top(similarity, k))
    place, similarity = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Neighbours(np.where(np.isfinite(similarity), place, -1), similarity)


def similarities(
    queries: Float[np.ndarray, "query dim"], gallery: Gallery
) -> Iterator[tuple[slice, Float[np.ndarray, "some item"]]]:
    """Cosines of some queries at a time with all items, and which queries those are."""
    items, vectors = unit(gallery.items), unit(queries)
    size = max(1, PAIRS_AT_ONCE // len(items))
    for start in range(0, len(vectors), size):
        part = slice(start, start + size)
        # Rounded from float64, equal items tie exactly, whichever way the product was summed.
        yield part, (vectors[part] @ items.T).astype(np.float32)


def top(
    similarity: Float[np.ndarray, "query item"], k: int
) -> tuple[Int[np.ndarray, "query place"], Float[np.ndarray, "query place"]]:
    """Indexes and values of each row's `k` largest (all, if there are fewer), largest first, ties by lower index."""
    k = min(k, similarity.shape[1])
    least = np.partition(similarity, -k, axis=1)[:, -k, None]
    above, level = similarity > least, similarity == least
    room = k - above.sum(1, keepdims=True)  # places left for those level with the k-th
    index = np.nonzero(above | (level & (level.cumsum(1) <= room)))[1].reshape(-1, k)
    values = np.take_along_axis(similarity, index, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(index, order, axis=1), np.take_along_axis(values, order, axis=1)


def hit_at_k(
    found: Int[np.ndarray, "query place"],
    query_class: Int[np.ndarray, " query"],
    item_class: Int[np.ndarray, " item"],
    k: int,
) -> Bool[np.ndarray, " query"]:
    """Has one of the first `k` items found (−1: none) the query's class? "Recall@k" in the thesis."""
    first = found[:, :k]
    return ((first >= 0) & (item_class[first] == query_class[:, None])).any(1)


def rank_1(vectors: Float[np.ndarray, "object dim"], classes: Int[np.ndarray, " object"]) -> float:
    """Share of objects whose nearest other object has their class."""
    nearest = neighbours(vectors, np.arange(len(vectors)), Gallery.of_objects(vectors), 1).item
    return float(hit_at_k(nearest, classes, classes, 1).mean())


def unit(vectors: Float[np.ndarray, "row dim"]) -> Float[np.ndarray, "row dim"]:
    """Vectors of length 1 in float64; a zero vector stays zero."""
    wide = vectors.astype(np.float64)
    return wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), np.finfo(np.float64).tiny)
