import numpy as np
import pytest

from fieldlink.embeddings.view_embeddings import ViewEmbeddings, names


def views(counts: dict[str, int], seed: int = 0) -> ViewEmbeddings:
    numbers = np.concatenate([np.arange(count) for count in counts.values()])
    owners = [name for name, count in counts.items() for _ in range(count)]
    return ViewEmbeddings.of(
        owners, numbers, np.random.default_rng(seed).normal(size=(len(owners), 3)).astype(np.float32)
    )


def test_rows_of_an_object_lie_where_first_and_counts_say():
    found = views({"a": 2, "b": 1, "c": 3})
    assert (found.ids, found.first.tolist(), found.counts.tolist()) == (["a", "b", "c"], [0, 2, 3], [2, 1, 3])
    assert found.owner.tolist() == [0, 0, 1, 2, 2, 2]


def test_each_object_has_its_own_shuffle_of_all_its_views():
    places = views({"a": 12, "b": 12, "c": 5}).draw(0, "mean")
    assert [sorted(part.tolist()) for part in np.split(places, [12, 24])] == [[*range(12)], [*range(12)], [*range(5)]]
    assert places[:12].tolist() != places[12:24].tolist()


def test_a_mean_is_that_of_the_first_shuffled_views_and_subsets_are_nested():
    found = views({"a": 6, "b": 6})
    places = found.draw(4, "mean")
    for count in (1, 2, 4, 6):
        for i, name in enumerate(found.ids):
            own = found.embeddings[(found.owner == i) & (places < count)]
            assert len(own) == count, name
            assert found.means(count, 4)[i] == pytest.approx(own.astype(float).mean(0), rel=1e-5)
    assert np.allclose(found.means(6, 4), found.means_of_all())


def test_ground_truth_and_rendered_views_are_drawn_alike_even_where_some_are_missing():
    whole, fewer = views({"a": 9, "b": 9}), views({"b": 9}, seed=1)
    assert whole.draw(0, "mean")[9:].tolist() == fewer.draw(0, "mean").tolist()
    without = ViewEmbeddings.of(["b"] * 8, np.arange(8), fewer.embeddings[:8])
    order = [number for number in np.argsort(fewer.draw(0, "mean")).tolist() if number != 8]
    assert np.argsort(without.draw(0, "mean")).tolist() == order


def test_draws_differ_by_seed_and_purpose():
    found = views({"a": 20})
    first = found.draw(0, "mean").tolist()
    assert first != found.draw(1, "mean").tolist()
    assert first != found.draw(0, "query").tolist()


def test_a_query_is_one_of_the_objects_own_views():
    found = views({"a": 4, "b": 7})
    for query, own in zip(found.queries(0), (found.embeddings[:4], found.embeddings[4:]), strict=True):
        assert (own == query).all(1).sum() == 1


def test_all_views_are_called_n_and_larger_counts_shrink_to_them():
    assert names([1, 2, 36], 36) == {"1": 1, "2": 2, "N": 36}
    assert names([1, 16, 36], 12) == {"1": 1, "N": 12}
