import numpy as np
import pytest
from scipy.stats import skew
from sklearn.metrics import average_precision_score

from fieldlink.evaluation.measures import cosines
from fieldlink.evaluation.measures.nearest_neighbours import Gallery, nearest_neighbours
from fieldlink.evaluation.measures.rankings import (
    LAST,
    average_precision,
    hubness,
    macro_weights,
    ranking,
    sorting_keys,
)

NONE = -1


def random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("at_once", [2**24, 100])
def test_average_precision_is_scikit_learns_without_the_own_object(at_once: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cosines, "NUMBERS_AT_ONCE", at_once)
    queries, items, owner = random(12, 6), random(36, 6, seed=1), np.repeat(np.arange(12), 3)
    classes = np.arange(12) % 3
    ranked = ranking(queries, np.arange(12), Gallery(items, owner), classes, classes[owner])
    for query in range(12):
        others = owner != query
        scores = items[others] @ queries[query] / np.linalg.norm(items[others], axis=1)
        expected = average_precision_score(classes[owner][others] == classes[query], scores)
        assert ranked.precision[query] == pytest.approx(expected, abs=1e-6)


def test_average_precision_by_hand():
    """Right at places 1 and 3; nothing right; all right."""
    right = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [1, 1, 1, 1]], bool)
    assert average_precision(right).tolist() == pytest.approx([(1 + 2 / 3) / 2, 0, 1])


def test_keys_sort_as_a_stable_sort_by_falling_similarity_does():
    similarity = random(40, 50).round(1)  # with many ties
    similarity[:, :4] = [0.0, -0.0, 1e-40, -1e-40]
    similarity[0] = 1
    keys = sorting_keys(similarity)
    assert np.array_equal(keys.argsort(1), np.argsort(-similarity, axis=1, kind="stable"))
    assert not (keys % 2).any()
    assert (keys < LAST).all()


def test_items_left_out_by_the_definition_of_neighbours_leave_the_same_ranking():
    """The whole list of `nearest_neighbours` is the order that precisions are taken from."""
    queries, items, owner = random(9, 5).round(), random(60, 5, seed=1).round(), np.repeat(np.arange(20), 3)
    own_object, classes = np.r_[np.arange(8), NONE], np.arange(20) % 4
    ranked = ranking(queries, own_object, Gallery(items, owner), classes[:9], classes[owner])
    listed = nearest_neighbours(queries, own_object, Gallery(items, owner), 60).item
    for query, places in enumerate(listed):
        right = classes[owner[places[places >= 0]]] == classes[query]
        assert ranked.precision[query] == pytest.approx(average_precision(right[None])[0])
    alone = np.full(9, NONE)
    whole = owner[nearest_neighbours(queries, alone, Gallery(items, owner), 60).item]
    assert ranked.own_rank[:8].tolist() == [int(np.argmax(whole[i] == i)) + 1 for i in range(8)]


def test_the_own_object_has_the_place_of_its_first_item_and_ties_go_to_the_lower_index():
    items = np.array([[1, 0], [1, 0], [0, 1], [0.9, 0.1]], np.float32)
    gallery, classes = Gallery(items, np.array([0, 1, 2, 1])), np.zeros(3, int)
    ranked = ranking(items[[0, 1, 2]], np.array([1, 2, NONE]), gallery, classes, np.zeros(4, int))
    assert ranked.own_rank.tolist() == [2, 4, 0]


def test_macro_weights_make_every_class_count_alike():
    classes, values = np.array([0, 0, 0, 5]), np.array([1, 1, 0, 0])
    weights = macro_weights(classes)
    assert weights.tolist() == pytest.approx([4 / 6, 4 / 6, 4 / 6, 2])
    assert np.average(values, weights=weights) == pytest.approx((2 / 3 + 0) / 2)


def test_hubness_is_the_skewness_of_how_often_items_are_found():
    ranked = np.random.default_rng(0).geometric(0.2, (50, 10)) % 20
    assert hubness(ranked, 20) == pytest.approx(skew(np.bincount(ranked.ravel(), minlength=20)))
    assert hubness(np.array([[0, 1], [2, NONE]]), 3) == 0
