import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score
from sklearn.neighbors import NearestNeighbors

from fieldlink.evaluation.measures import cosines
from fieldlink.evaluation.measures.class_hits import hit_at_k
from fieldlink.evaluation.measures.cosines import unit
from fieldlink.evaluation.measures.fast_neighbours import fast_neighbours, first_of_each_query
from fieldlink.evaluation.measures.nearest_neighbours import Gallery, nearest_neighbours
from fieldlink.evaluation.measures.rankings import nearest_objects

NONE = -1


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("at_once", [2**24, 300])
def test_neighbours_are_scikit_learns_however_many_queries_are_searched_at_once(
    at_once: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cosines, "NUMBERS_AT_ONCE", at_once)
    queries, items = 5 * random(40, 8), random(100, 8, seed=1)
    neighbours = fast_neighbours(queries, np.full(40, NONE), Gallery.of_objects(items), 10)
    distance, index = (
        NearestNeighbors(n_neighbors=10, metric="cosine", algorithm="brute").fit(items).kneighbors(queries)
    )
    assert neighbours.item.tolist() == index.tolist()
    assert np.allclose(neighbours.similarity, 1 - distance, atol=1e-6)


def test_own_item_leaves_before_the_cut_and_its_equal_twin_stays():
    items = np.array([[1, 0], [1, 0], [0.9, 0.1], [0, 1]], np.float32)
    neighbours = fast_neighbours(items[:1], np.array([0]), Gallery.of_objects(items), 2)
    assert neighbours.item.tolist() == [[1, 2]]
    assert neighbours.similarity[0, 0] == 1


def test_all_items_of_the_own_object_leave():
    gallery = Gallery(np.eye(4, dtype=np.float32)[[0, 0, 1, 1, 2]] + 0.1, np.array([0, 0, 1, 1, 2]))
    neighbours = fast_neighbours(gallery.items[:1], np.array([0]), gallery, 5)
    assert neighbours.item.tolist() == [[2, 3, 4, NONE, NONE]]


def test_nearest_objects_by_hand():
    """Items 0 and 1 are of object 0, 2 and 3 of objects 1 and 2, which tie; the second query's own object leaves."""
    gallery = Gallery(np.array([[0, 1], [1, 0], [1, 1], [1, 1]], np.float32), np.array([0, 0, 1, 2]))
    queries = np.array([[1, 0], [1, 1]], np.float32)
    inputs = queries, np.array([NONE, 1]), gallery, np.zeros(2, int), np.zeros(3, int)
    neighbours, _ = nearest_objects(*inputs, 3)
    assert neighbours.item.tolist() == [[0, 1, 2], [2, 0, NONE]]
    assert neighbours.similarity[0].tolist() == pytest.approx([1, 0.5**0.5, 0.5**0.5])
    assert nearest_objects(*inputs, 1)[0].item.tolist() == [[0], [2]]


def test_without_queries_nearest_objects_and_their_ranking_are_empty():
    gallery, nobody = Gallery(random(6, 4), np.repeat(np.arange(3), 2)), np.zeros(0, int)
    for k, columns in ((2, 2), (9, 3)):
        neighbours, ranked = nearest_objects(random(0, 4), nobody, gallery, nobody, np.arange(3), k)
        assert neighbours.item.shape == neighbours.similarity.shape == (0, columns)
        assert ranked.precision.shape == ranked.own_rank.shape == (0,)


@pytest.mark.parametrize("at_once", [2**24, 100])
def test_nearest_objects_are_those_of_the_best_view_of_each(at_once: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cosines, "NUMBERS_AT_ONCE", at_once)
    queries, items, owner = random(20, 5), random(60, 5, seed=1), np.repeat(np.arange(12), 5)
    own_object = np.arange(20) % 12
    query_class, object_class = np.zeros(20, int), np.arange(12) % 2
    neighbours, ranked = nearest_objects(queries, own_object, Gallery(items, owner), query_class, object_class, 11)
    best = (unit(queries) @ unit(items).T).reshape(20, 12, 5).max(2)
    best[np.arange(20), own_object] = -np.inf
    assert neighbours.item.tolist() == np.argsort(-best, axis=1)[:, :11].tolist()
    expected = [average_precision_score((object_class == 0)[best[i] > -2], best[i][best[i] > -2]) for i in range(20)]
    assert ranked.precision.tolist() == pytest.approx(expected, abs=1e-6)


def test_ties_go_to_the_lower_index_also_at_the_cut():
    similarity = np.array([[0.5, 0.9, 0.5, 0.5, 0.1], [0.2, 0.2, 0.2, 0.2, 0.2]], np.float32)
    query, item = np.indices(similarity.shape).reshape(2, -1)
    row, rank, pair = first_of_each_query(query, item, similarity.ravel(), 3)
    assert item[pair].tolist() == [1, 0, 2, 0, 1, 2]
    assert row.tolist() == [0, 0, 0, 1, 1, 1]
    assert rank.tolist() == [0, 1, 2, 0, 1, 2]


@pytest.mark.parametrize("k", [1, 7, 30])
def test_foremost_is_a_stable_sort_of_each_query_s_pairs(k: int):
    rng = np.random.default_rng(0)
    query, item = np.nonzero(rng.random((50, 30)) < 0.8)
    similarity = rng.integers(0, 4, len(query)).astype(np.float32)
    mixed = rng.permutation(len(query))
    row, rank, pair = first_of_each_query(query[mixed], item[mixed], similarity[mixed], k)
    for number in range(50):
        mine = query == number
        expected = item[mine][np.argsort(-similarity[mine], kind="stable")][:k]
        assert item[mixed][pair[row == number]].tolist() == expected.tolist()
        assert rank[row == number].tolist() == list(range(len(expected)))


@pytest.mark.parametrize(("count", "k"), [(3000, 10), (300, 10), (40, 40), (9000, 1)])
def test_the_float32_pass_loses_nothing(count: int, k: int):
    """Items so close together that float32 products can't tell them apart, some of them equal."""
    rng = np.random.default_rng(1)
    items = random(1, 67) + 1e-5 * random(count, 67, seed=2)
    items[rng.integers(0, count, count // 3)] = items[0]
    owner = rng.integers(0, count, count)
    neighbours = fast_neighbours(items[:20], owner[:20], Gallery(items, owner), k)
    exact = (unit(items[:20]) @ unit(items).T).astype(np.float32)
    exact[owner[:20, None] == owner] = -np.inf
    order = np.argsort(-exact, axis=1, kind="stable")[:, :k]
    expected = np.take_along_axis(exact, order, axis=1)
    assert neighbours.item.tolist() == np.where(np.isfinite(expected), order, NONE).tolist()
    assert neighbours.similarity.tolist() == expected.tolist()


def test_equal_items_tie_exactly_in_large_products():
    items = np.repeat(random(1, 67), 501, axis=0)
    neighbours = fast_neighbours(random(3, 67, seed=1), np.full(3, NONE), Gallery.of_objects(items), 501)
    assert (neighbours.item == np.arange(501)).all()


def test_k_may_exceed_the_gallery():
    items = random(3, 4)
    neighbours = fast_neighbours(items, np.arange(3), Gallery.of_objects(items), 10)
    assert (neighbours.item >= 0).sum(1).tolist() == [2, 2, 2]
    assert hit_at_k(neighbours.item, np.zeros(3, int), np.zeros(3, int), 10).all()


def test_hits_by_hand():
    """Three queries of class 0, 1, 2; the third found only one item, of another class."""
    neighbours, classes = np.array([[3, 0], [2, 1], [0, NONE]]), np.array([0, 1, 0, 2])
    queries = np.array([0, 1, 2])
    assert hit_at_k(neighbours, queries, classes, 1).tolist() == [False, False, False]
    assert hit_at_k(neighbours, queries, classes, 2).tolist() == [True, True, False]  # −1 is not item 3, of class 2


@given(st.data())
def test_the_fast_search_finds_what_the_definition_says(data: st.DataObject):
    """Few directions, so that items tie; objects of several items; k beyond the gallery."""
    directions = st.sampled_from([(1, 0, 0), (0, 1, 0), (1, 1, 0), (1, 2, 3), (2, 4, 6), (-1, 0, 1), (0, 0, 0)])
    items = np.array(data.draw(st.lists(directions, min_size=1, max_size=40)), np.float32)
    queries = np.array(data.draw(st.lists(directions, min_size=1, max_size=8)), np.float32)
    owner = np.array(data.draw(st.lists(st.integers(0, 5), min_size=len(items), max_size=len(items))))
    own_item = np.array(data.draw(st.lists(st.integers(NONE, 5), min_size=len(queries), max_size=len(queries))))
    k = data.draw(st.integers(1, 50))
    fast, slow = (
        search(queries, own_item, Gallery(items, owner), k) for search in (fast_neighbours, nearest_neighbours)
    )
    assert fast.item.tolist() == slow.item.tolist()
    np.testing.assert_allclose(fast.similarity, slow.similarity, atol=1e-6)


@pytest.mark.parametrize(("count", "k"), [(3000, 10), (300, 400), (9000, 1)])
def test_the_fast_search_finds_what_the_definition_says_in_large_galleries(count: int, k: int):
    items, owner = random(count, 9), np.random.default_rng(3).integers(0, count // 2, count)
    items[::7] = items[0]
    own_item = np.where(np.arange(15) % 3, owner[:15], NONE)
    fast, slow = (
        search(items[:15], own_item, Gallery(items, owner), k) for search in (fast_neighbours, nearest_neighbours)
    )
    assert fast.item.tolist() == slow.item.tolist()
    np.testing.assert_allclose(fast.similarity, slow.similarity, atol=1e-6)


def test_a_zero_vector_is_equally_far_from_all():
    neighbours = fast_neighbours(np.zeros((1, 4), np.float32), np.array([NONE]), Gallery.of_objects(random(5, 4)), 2)
    assert neighbours.item.tolist() == [[0, 1]]
