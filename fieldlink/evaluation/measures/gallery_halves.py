"""How far another gallery would move a measure of searches, from random halves of the gallery (docs/statistics.md).

A random half of N objects varies about the whole as N new objects would. Each half of the queries is searched in the
same halves of the gallery: what both have in common is the gallery's, the rest is already in the spread of queries.
"""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, Int, Real

from fieldlink.core.seeds import seed_of

DRAWS = 100


def neighbours_needed(k: int, items_per_object: int) -> int:
    """Neighbours to look at, so that `k` of them are in a half of the gallery but for rare exceptions."""
    return 4 * (k + 4) + items_per_object - 1  # twice what is in a half on average, and as much again


def halves(object_ids: Sequence[str]) -> Bool[np.ndarray, "object draw"]:
    """Which objects are in each random half: those of the lower random numbers, which depend on ids alone."""
    numbers = np.stack([np.random.default_rng(seed_of(0, "half", name)).random(DRAWS) for name in object_ids])
    return numbers.argsort(0).argsort(0) < (len(object_ids) + 1) // 2


def first_right_ranks(
    item: Int[np.ndarray, "query rank"],
    right: Bool[np.ndarray, "query rank"],
    members: Bool[np.ndarray, "object draw"],
) -> Int[np.ndarray, "query draw"]:
    """The rank, from 1, of the first right neighbour among those that are in each half; 0: none of them is.

    `item`: each query's nearest objects (−1: none).
    """
    passed = np.zeros((len(item), members.shape[1]), np.int16)
    rank = np.zeros_like(passed)
    for nearest, is_right in zip(item.T, right.T, strict=True):
        present = members[nearest] & (nearest >= 0)[:, None]
        passed += present
        np.copyto(rank, passed, where=present & is_right[:, None] & (rank == 0))
    return rank


def means_in_halves(
    values: Real[np.ndarray, "seed query draw"] | Bool[np.ndarray, "seed query draw"],
    weights: Float[np.ndarray, " query"] | None = None,
) -> Float[np.ndarray, "seed half draw"]:
    """Means over a random half of the queries and over the others, for each half of the gallery."""
    queries = values.shape[1]
    weights = np.ones(queries) if weights is None else weights
    shares = weights * (query_half(queries) == np.arange(2)[:, None])
    return shares / np.maximum(shares.sum(1, keepdims=True), np.finfo(float).tiny) @ values


def query_half(queries: int) -> Int[np.ndarray, " query"]:
    """Which half a query is in, 0 or 1: the same for every measure of as many queries."""
    return np.random.default_rng(queries).permutation(queries) % 2


def gallery_covariance(in_halves: Float[np.ndarray, "mean half draw"]) -> Float[np.ndarray, "mean mean"]:
    """The gallery's share of the covariance of means over all queries.

    It is the covariance, over draws, between the two halves of the queries.
    """
    centred = in_halves - in_halves.mean(2, keepdims=True)
    across = centred[:, 0] @ centred[:, 1].T / (in_halves.shape[2] - 1)
    return (across + across.T) / 2
