"""The prepared gallery finds what the definition of nearest neighbours finds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldlink.evaluation.measures import nearest_neighbours as definition
from fieldlink.evaluation.measures.cosines import cosines
from fieldlink.evaluation.measures.rankings import nearest_objects
from fieldlink.search.gallery import Search, SearchGallery


def vectors(rows: int, width: int, seed: int) -> np.ndarray:
    """Some of them twice, so that there are ties, and one of zeros."""
    drawn = np.random.default_rng(seed).normal(size=(rows, width)).astype(np.float32)
    drawn[rows // 2 :: 3] = drawn[0]
    drawn[rows // 3] = 0
    return drawn


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 80), st.integers(1, 30), st.integers(1, 12), st.integers(0, 10**6))
def test_one_item_an_object_as_the_definition_says(rows: int, width: int, k: int, seed: int):
    items, query = vectors(rows, width, seed), vectors(2, width, seed + 1)[:1]
    expected = definition.nearest_neighbours(query, np.array([-1]), definition.Gallery.of_objects(items), min(k, rows))
    places, similarity = Search([(SearchGallery.of(items), query[0])]).nearest(np.ones(rows, bool), k)
    assert places.tolist() == expected.item[0].tolist()
    np.testing.assert_array_equal(similarity, expected.similarity[0])


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 30), st.integers(1, 4), st.integers(1, 12), st.integers(0, 10**6))
def test_several_items_an_object_count_at_the_nearest_of_them(objects: int, items_per_object: int, k: int, seed: int):
    owner = np.repeat(np.arange(objects), items_per_object)
    items, query = vectors(len(owner) + 1, 5, seed)[:-1], vectors(2, 5, seed + 1)[:1]
    gallery = definition.Gallery(items, owner)
    nearest = definition.nearest_neighbours(query, np.array([-1]), gallery, len(owner))
    classes = np.zeros(objects, int)
    expected, _ = nearest_objects(query, np.array([-1]), gallery, classes[:1], classes, min(k, objects))
    search = Search([(SearchGallery.of(items, owner), query[0])])
    places, similarity = search.nearest(np.ones(objects, bool), k)
    assert places.tolist() == expected.item[0].tolist()
    np.testing.assert_array_equal(similarity, expected.similarity[0])
    places_of_items, _ = search.nearest(np.ones(objects, bool), k, distinct=False)
    assert places_of_items.tolist() == owner[nearest.item[0][:k]].tolist()


def test_only_allowed_objects_are_found_and_none_where_none_is_allowed():
    items, query = vectors(40, 6, 0), vectors(2, 6, 1)[0]
    allowed = np.arange(40) % 3 == 1
    places, _ = Search([(SearchGallery.of(items), query)]).nearest(allowed, 5)
    ranking, _ = Search([(SearchGallery.of(items), query)]).nearest(np.ones(40, bool), 40)
    assert places.tolist() == [place for place in ranking.tolist() if place % 3 == 1][:5]
    assert Search([(SearchGallery.of(items), query)]).nearest(np.zeros(40, bool), 5)[0].tolist() == []


def test_several_seeds_are_searched_by_their_mean_cosine():
    items = [vectors(50, width, width) for width in (4, 7, 9)]
    queries = [vectors(2, part.shape[1], 3)[0] for part in items]
    mean = np.mean([cosines(query[None], part)[0] for query, part in zip(queries, items, strict=True)], axis=0)
    pairs = [(SearchGallery.of(part), query) for query, part in zip(queries, items, strict=True)]
    places, similarity = Search(pairs).nearest(np.ones(50, bool), 8)
    assert mean[places] == pytest.approx(np.sort(mean)[::-1][:8], abs=1e-6)
    assert similarity == pytest.approx(mean[places], abs=1e-6)
