"""The fast path of `nearest_neighbours`: float32 products choose candidates, float64 cosines rank them."""

import numpy as np
from jaxtyping import Float, Int

from fieldlink.evaluation.measures.cosines import parts, rows_at_once, unit
from fieldlink.evaluation.measures.nearest_neighbours import Gallery, Neighbours, nearest_neighbours

ROWS = 64  # items that share a column, of which only the best is compared first
COLUMNS = 64  # at least so many for each of the k


def fast_neighbours(
    queries: Float[np.ndarray, "query dim"], own_object: Int[np.ndarray, " query"], gallery: Gallery, k: int
) -> Neighbours:
    """What `nearest_neighbours` gives, without a float64 product of all queries with all items.

    A product in float32 says which items can be among the first `k`; only these are compared in float64. A gallery so
    small that most of it can be among them is compared as the definition says.
    """
    items, count, k = gallery.items, len(gallery.items), min(k, len(gallery.items))
    result = Neighbours(np.full((len(queries), k), -1), np.full((len(queries), k), -np.inf, np.float32))
    rows = min(ROWS, count // (COLUMNS * max(k, 1)))
    if rows < 2:
        for part in parts(len(queries), count):
            nearest = nearest_neighbours(queries[part], own_object[part], gallery, k)
            result.item[part], result.similarity[part] = nearest.item, nearest.similarity
        return result
    coarse = _padded(items, -(-count // rows) * rows)
    slack = 2 * (items.shape[1] + 8) * float(np.finfo(np.float32).eps)  # by which two float32 products may err
    room = np.empty((rows_at_once(len(queries), len(coarse)), len(coarse)), np.float32)
    for part in parts(len(queries), len(coarse)):
        similarity = np.matmul(unit(queries[part]).astype(np.float32), coarse.T, out=room[: len(queries[part])])
        similarity[:, count:] = -np.inf
        similarity[:, :count][own_object[part, None] == gallery.owner] = -np.inf
        query, item = candidates(similarity.reshape(len(similarity), rows, -1), k, slack)
        exact = pair_cosines(queries[part], items, query, item)
        row, rank, best = first_of_each_query(query, item, exact, k)
        result.item[part][row, rank], result.similarity[part][row, rank] = item[best], exact[best]
    return result


def _padded(items: Float[np.ndarray, "item dim"], count: int) -> Float[np.ndarray, "count dim"]:
    """Vectors of unit length in float32, then rows of zeros."""
    rounded = np.zeros((count, items.shape[1]), np.float32)
    for part in parts(len(items), items.shape[1]):
        rounded[: len(items)][part] = unit(items[part])
    return rounded


def candidates(
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


def pair_cosines(
    queries: Float[np.ndarray, "query dim"],
    items: Float[np.ndarray, "item dim"],
    query: Int[np.ndarray, " pair"],
    item: Int[np.ndarray, " pair"],
) -> Float[np.ndarray, " pair"]:
    """The cosine of each pair, rounded from float64: equal items tie exactly."""
    unit_queries, result = unit(queries), np.zeros(len(query), np.float32)
    for part in parts(len(query), items.shape[1]):
        result[part] = np.einsum("pd,pd->p", unit_queries[query[part]], unit(items[item[part]]))
    return result


def first_of_each_query(
    query: Int[np.ndarray, " pair"], item: Int[np.ndarray, " pair"], similarity: Float[np.ndarray, " pair"], k: int
) -> tuple[Int[np.ndarray, " best"], Int[np.ndarray, " best"], Int[np.ndarray, " best"]]:
    """Each query's `k` most similar pairs, ties by lower item: query, rank from 0, and index of the pair."""
    order = np.lexsort((item, -similarity, query))
    rank = np.arange(len(order)) - np.searchsorted(query[order], query[order])
    return query[order][rank < k], rank[rank < k], order[rank < k]
