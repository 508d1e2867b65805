"""Measures of the whole list of ranked items, beyond its first ranks (protocol 6.2)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from fieldlink.evaluation.measures.cosines import cosines_in_parts
from fieldlink.evaluation.measures.nearest_neighbours import Gallery, Neighbours, highest, object_cosines

LAST = np.iinfo(np.int64).max - 1  # an even number after all keys


@dataclass(frozen=True)
class Ranking:
    precision: Float[np.ndarray, " query"]  # average precision by class, the query's own object left out
    own_rank: Int[np.ndarray, " query"]  # of the query's own object, left in: 1 = first, 0 = it has none

    @staticmethod
    def joined(parts: Sequence["Ranking"]) -> "Ranking":
        """That of some queries after that of others."""
        own_rank = np.concatenate([part.own_rank for part in parts])
        return Ranking(np.concatenate([part.precision for part in parts]), own_rank)


def ranking(
    queries: Float[np.ndarray, "query dim"],
    own_object: Int[np.ndarray, " query"],
    gallery: Gallery,
    query_class: Int[np.ndarray, " query"],
    item_class: Int[np.ndarray, " item"],
) -> Ranking:
    """All items by falling cosine, ties by lower index; `own_object` as in `nearest_neighbours`."""
    return Ranking.joined(
        [
            _ranking(similarity, own_object[part], gallery.owner, query_class[part], item_class)
            for part, similarity in cosines_in_parts(queries, gallery.items)
        ]
    )


def nearest_objects(
    queries: Float[np.ndarray, "query dim"],
    own_object: Int[np.ndarray, " query"],
    gallery: Gallery,
    query_class: Int[np.ndarray, " query"],
    object_class: Int[np.ndarray, " object"],
    k: int,
) -> tuple[Neighbours, Ranking]:
    """The `k` objects whose nearest items have the highest cosines with each query, and the ranking of all objects.

    Otherwise as `nearest_neighbours` and `ranking`. The items of each object lie side by side, in order of objects.
    """
    nearest, rankings, objects = [], [], np.arange(len(object_class))
    for part, similarity in object_cosines(queries, gallery):
        rankings.append(_ranking(similarity, own_object[part], objects, query_class[part], object_class))
        nearest.append(highest(similarity, own_object[part], objects, k))
    return Neighbours.joined(nearest), Ranking.joined(rankings)


def _ranking(
    similarity: Float[np.ndarray, "query item"],
    own_object: Int[np.ndarray, " query"],
    owner: Int[np.ndarray, " item"],
    query_class: Int[np.ndarray, " query"],
    item_class: Int[np.ndarray, " item"],
) -> Ranking:
    keys = sorting_keys(similarity)
    own_query, own_item = np.nonzero(own_object[:, None] == owner)
    first_own = np.full(len(keys), LAST)
    np.minimum.at(first_own, own_query, keys[own_query, own_item])
    own_rank = np.where(first_own < LAST, (keys < first_own[:, None]).sum(1) + 1, 0)
    keys += query_class[:, None] == item_class
    keys[own_query, own_item] = LAST  # as if the gallery had none
    keys.sort(axis=1)
    return Ranking(average_precision((keys & 1).astype(bool)), own_rank)


def sorting_keys(similarity: Float[np.ndarray, "query item"]) -> Int[np.ndarray, "query item"]:
    """Even numbers that rise as the similarity falls and, among equal ones, with the item's index.

    numpy sorts them more than ten times as fast as it sorts indices by similarity.
    """
    bits = (similarity.astype(np.float32) + 0.0).view(np.int32)  # no -0.0
    falling = ~(bits ^ ((bits >> 31) & 0x7FFFFFFF))  # negative numbers are stored as a sign and a magnitude
    return (falling.astype(np.int64) << 32) + 2 * np.arange(similarity.shape[1])


def average_precision(right: Bool[np.ndarray, "query rank"]) -> Float[np.ndarray, " query"]:
    """Mean, over the right items, of the share of right ones up to each. It is 0 where there is none."""
    query, rank = np.nonzero(right)
    count = np.bincount(query, minlength=len(right))
    nth = np.arange(1, len(query) + 1) - (count.cumsum() - count)[query]
    return np.bincount(query, nth / (rank + 1), len(right)) / np.maximum(count, 1)


def macro_weights(query_class: Int[np.ndarray, " query"]) -> Float[np.ndarray, " query"]:
    """n / (C n_c), for a mean over queries in which each of their C classes counts alike."""
    _, class_index, count = np.unique(query_class, return_inverse=True, return_counts=True)
    return len(query_class) / (len(count) * count[class_index])


def hubness(item: Int[np.ndarray, "query rank"], items: int) -> float:
    """Skewness over items of how often each is a neighbour (−1: none); 0 = no hubs (Radovanović et al. 2010)."""
    counts = np.bincount(item[item >= 0], minlength=items).astype(np.float64)
    spread = counts.std()
    return float((((counts - counts.mean()) / spread) ** 3).mean()) if spread else 0.0
