"""Nearest neighbours by cosine, exact, and whether they are of the query's class."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

PAIRS_AT_ONCE = 2**25  # numbers of a matrix held in memory
ROWS = 64  # items that share a column, of which only the best is looked at first
COLUMNS = 64  # at least so many for each of the k


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

    A product in float32 says which items can be among the first, and only these are compared in float64: what is found
    is what `ranking`'s float64 products would find.
    """
    items, count, k = gallery.items, len(gallery.items), min(k, len(gallery.items))
    rows = max(1, min(ROWS, count // (COLUMNS * k)))
    coarse = _padded(items, -(-count // rows) * rows)
    slack = 2 * (items.shape[1] + 8) * float(np.finfo(np.float32).eps)  # by which two float32 products may err
    found = Neighbours(np.full((len(queries), k), -1), np.full((len(queries), k), -np.inf, np.float32))
    room = np.empty((_at_once(len(queries), len(coarse)), len(coarse)), np.float32)
    for part in parts(len(queries), len(coarse)):
        similarity = np.matmul(unit(queries[part]).astype(np.float32), coarse.T, out=room[: len(queries[part])])
        similarity[:, count:] = -np.inf
        similarity[:, :count][own[part, None] == gallery.owner] = -np.inf
        query, item = promising(similarity.reshape(len(similarity), rows, -1), k, slack)
        exact = cosines(queries[part], items, query, item)
        row, place, best = foremost(query, item, exact, k)
        found.item[part][row, place], found.similarity[part][row, place] = item[best], exact[best]
    return found


def _padded(items: Float[np.ndarray, "item dim"], count: int) -> Float[np.ndarray, "count dim"]:
    """At unit length, rounded; rows of zeros at the end."""
    rounded = np.zeros((count, items.shape[1]), np.float32)
    for part in parts(len(items), items.shape[1]):
        rounded[: len(items)][part] = unit(items[part])
    return rounded


def promising(
    similarity: Float[np.ndarray, "query row column"], k: int, slack: float
) -> tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]:
    """Queries and items that may be among a query's `k` most similar: items row by row, in at least k columns.

    The k-th highest of the columns' best similarities is no higher than the k-th highest of all. −inf: never.
    """
    best = similarity.max(1)
    least = np.partition(best, -k, axis=1)[:, -k] - slack
    query, column = np.nonzero(best >= least[:, None])
    inside = similarity[query, :, column]
    pair, row = np.nonzero((inside >= least[query, None]) & (inside > -np.inf))
    return query[pair], row * similarity.shape[2] + column[pair]


def cosines(
    queries: Float[np.ndarray, "query dim"],
    items: Float[np.ndarray, "item dim"],
    query: Int[np.ndarray, " pair"],
    item: Int[np.ndarray, " pair"],
) -> Float[np.ndarray, " pair"]:
    """Of some pairs, rounded from float64: equal items tie exactly."""
    asked, found = unit(queries), np.zeros(len(query), np.float32)
    for part in parts(len(query), items.shape[1]):
        found[part] = np.einsum("pd,pd->p", asked[query[part]], unit(items[item[part]]))
    return found


def foremost(
    query: Int[np.ndarray, " pair"], item: Int[np.ndarray, " pair"], similarity: Float[np.ndarray, " pair"], k: int
) -> tuple[Int[np.ndarray, " best"], Int[np.ndarray, " best"], Int[np.ndarray, " best"]]:
    """Each query's `k` most similar pairs, ties by lower item: query, place from 0, and which pair it is."""
    order = np.lexsort((item, -similarity, query))
    place = np.arange(len(order)) - np.searchsorted(query[order], query[order])
    return query[order][place < k], place[place < k], order[place < k]


def parts(rows: int, width: int) -> list[slice]:
    """Rows of a matrix so wide, in parts that the memory holds."""
    size = _at_once(rows, width)
    return [slice(start, start + size) for start in range(0, rows, size)]


def _at_once(rows: int, width: int) -> int:
    return max(1, min(rows, PAIRS_AT_ONCE // max(1, width)))


def similarities(
    queries: Float[np.ndarray, "query dim"], gallery: Gallery
) -> Iterator[tuple[slice, Float[np.ndarray, "some item"]]]:
    """Cosines of some queries at a time with all items, and which queries those are."""
    items, vectors = unit(gallery.items), unit(queries)
    for part in parts(len(vectors), len(items)):
        # Rounded from float64, equal items tie exactly, whichever way the product was summed.
        yield part, (vectors[part] @ items.T).astype(np.float32)


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
