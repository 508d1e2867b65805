"""Measures of the whole list of ranked items, beyond its first places (protocol 6.2)."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from fieldlink.evaluation.measures.cosines import cosines_in_parts
from fieldlink.evaluation.measures.nearest_neighbours import Gallery


@dataclass(frozen=True)
class Ranking:
    precision: Float[np.ndarray, " query"]  # average precision by class, the query's own object left out
    own_rank: Int[np.ndarray, " query"]  # of the query's own object, left in: 1 = first, 0 = it has none


def ranking(
    queries: Float[np.ndarray, "query dim"],
    own_object: Int[np.ndarray, " query"],
    gallery: Gallery,
    query_class: Int[np.ndarray, " query"],
    item_class: Int[np.ndarray, " item"],
) -> Ranking:
    """All items by falling cosine, ties by lower index; `own_object` as in `nearest_neighbours`."""
    return _ranking(cosines_in_parts(queries, gallery.items), own_object, gallery.owner, query_class, item_class)


def object_ranking(
    queries: Float[np.ndarray, "query dim"],
    own_object: Int[np.ndarray, " query"],
    gallery: Gallery,
    query_class: Int[np.ndarray, " query"],
    object_class: Int[np.ndarray, " object"],
) -> Ranking:
    """All objects by the cosine of their nearest item; the items of each lie side by side, in order of objects."""
    first = np.searchsorted(gallery.owner, np.arange(len(object_class)))
    parts = (
        (part, np.maximum.reduceat(similarity, first, axis=1))
        for part, similarity in cosines_in_parts(queries, gallery.items)
    )
    return _ranking(parts, own_object, np.arange(len(object_class)), query_class, object_class)


def _ranking(
    parts: Iterable[tuple[slice, Float[np.ndarray, "part item"]]],
    own_object: Int[np.ndarray, " query"],
    owner: Int[np.ndarray, " item"],
    query_class: Int[np.ndarray, " query"],
    item_class: Int[np.ndarray, " item"],
) -> Ranking:
    precisions, ranks = [], []
    for part, similarity in parts:
        order = np.argsort(-similarity, axis=1, kind="stable")
        is_own = own_object[part, None] == owner[order]
        right = (query_class[part, None] == item_class[order]) & ~is_own
        precisions.append(average_precision(right, is_own))
        ranks.append(np.where(is_own.any(1), is_own.argmax(1) + 1, 0))
    return Ranking(np.concatenate(precisions), np.concatenate(ranks))


def average_precision(
    right: Bool[np.ndarray, "query place"], left_out: Bool[np.ndarray, "query place"]
) -> Float[np.ndarray, " query"]:
    """Mean, over the right items, of the share of right ones up to each; 0 where there is none.

    Places in `left_out` don't count.
    """
    share = right.cumsum(1) / np.maximum((~left_out).cumsum(1), 1)
    return (share * right).sum(1) / np.maximum(right.sum(1), 1)


def macro_weights(query_class: Int[np.ndarray, " query"]) -> Float[np.ndarray, " query"]:
    """n / (C n_c), for a mean over queries in which each of their C classes counts alike."""
    _, place, count = np.unique(query_class, return_inverse=True, return_counts=True)
    return len(query_class) / (len(count) * count[place])


def hubness(item: Int[np.ndarray, "query place"], items: int) -> float:
    """Skewness over items of how often each is a neighbour (−1: none); 0 = no hubs (Radovanović et al. 2010)."""
    counts = np.bincount(item[item >= 0], minlength=items).astype(np.float64)
    spread = counts.std()
    return float((((counts - counts.mean()) / spread) ** 3).mean()) if spread else 0.0
