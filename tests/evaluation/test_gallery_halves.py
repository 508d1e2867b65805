"""Random halves of a gallery: against searching each half, and against drawing galleries anew."""

import numpy as np
import pytest

from fieldlink.evaluation.measures.class_hits import hit_at_k
from fieldlink.evaluation.measures.fast_neighbours import fast_neighbours
from fieldlink.evaluation.measures.gallery_halves import (
    DRAWS,
    first_right_ranks,
    gallery_covariance,
    halves,
    means_in_halves,
    neighbours_needed,
    query_half,
)
from fieldlink.evaluation.measures.nearest_neighbours import Gallery, nearest_neighbours

RNG = np.random.default_rng(0)
CLASSES = np.arange(40) % 4
VIEWS = np.repeat(np.arange(40), 3)  # owner of each view
ITEMS = (RNG.normal(size=(4, 8))[CLASSES[VIEWS]] + RNG.normal(size=(120, 8))).astype(np.float32)


def test_half_of_the_objects_are_in_each_half_whatever_else_is_asked():
    ids = [f"object-{i}" for i in range(41)]
    members = halves(ids)
    assert members.shape == (41, DRAWS)
    assert set(members.sum(0)) == {21}
    assert members.mean(1).std() < 0.1  # no object is always in
    assert (halves(ids[::-1]) == members[::-1]).all()
    assert (halves(ids[:-1]) != members[:-1]).mean() < 0.05  # another gallery, nearly the same halves


@pytest.mark.parametrize("owner", [np.arange(40), VIEWS], ids=["an item an object", "three items an object"])
@pytest.mark.parametrize("k", [1, 5])
def test_hits_in_a_half_are_those_of_searching_it(owner: np.ndarray, k: int):
    items, members = ITEMS[:: 120 // len(owner)], halves([str(i) for i in range(40)])
    queries, own_object, classes = ITEMS[::4] + 0.1, VIEWS[::4], CLASSES[VIEWS[::4]]
    depth = neighbours_needed(k, int(np.bincount(owner).max()))
    item = fast_neighbours(queries, own_object, Gallery(items, owner), depth).item
    objects = np.where(item >= 0, owner[item], -1)
    ranks = first_right_ranks(objects, CLASSES[objects] == classes[:, None], members)
    for draw in range(20):
        inside = np.flatnonzero(members[owner, draw])
        near = nearest_neighbours(queries, own_object, Gallery(items[inside], owner[inside]), k).item
        expected = hit_at_k(np.where(near >= 0, owner[inside][near], -1), classes, CLASSES, k)
        assert ((ranks[:, draw] > 0) & (ranks[:, draw] <= k)).tolist() == expected.tolist()


def test_means_are_over_half_of_the_queries_with_their_weights():
    values, half = RNG.random((2, 5, 3)), query_half(5)
    weights = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    means = means_in_halves(values, weights)
    assert means.shape == (2, 2, 3)
    assert sorted(np.bincount(half)) == [2, 3]
    for index in range(2):
        inside = half == index
        assert means[:, index] == pytest.approx(np.average(values[:, inside], axis=1, weights=weights[inside]))
    assert means_in_halves(values[:, :1])[:, 1].tolist() == [[0, 0, 0], [0, 0, 0]]  # of no query


def test_the_variance_is_that_of_galleries_drawn_anew():
    """One-dimensional galleries of 60 objects of two overlapping classes, 400 queries that stay the same."""
    rng = np.random.default_rng(1)
    query_class = np.arange(400) % 2
    queries = rng.normal(query_class, 1.0)
    shares, estimates = [], []
    for gallery in range(150):
        item_class = np.arange(60) % 2
        items = rng.normal(item_class, 1.0)
        order = np.abs(queries[:, None] - items).argsort(1)[:, :30]
        right = item_class[order] == query_class[:, None]
        shares.append(right[:, 0].mean())
        ranks = first_right_ranks(order, right, halves([f"{gallery}-{i}" for i in range(60)]))
        estimates.append(gallery_covariance(means_in_halves((ranks == 1)[None]))[0, 0])
    assert np.mean(estimates) == pytest.approx(np.var(shares), rel=0.35)
