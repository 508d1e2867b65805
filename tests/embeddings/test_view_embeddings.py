import numpy as np
import pytest

from fieldlink.embeddings.view_embeddings import ViewEmbeddings, ViewRows, counts_by_name


def views(counts: dict[str, int], seed: int = 0) -> ViewEmbeddings:
    numbers = np.concatenate([np.arange(count) for count in counts.values()])
    owners = [name for name, count in counts.items() for _ in range(count)]
    return ViewEmbeddings.of(
        owners, numbers, np.random.default_rng(seed).normal(size=(len(owners), 3)).astype(np.float32)
    )


def test_rows_of_an_object_lie_where_first_and_counts_say():
    embedded = views({"a": 2, "b": 1, "c": 3})
    assert (embedded.ids, embedded.first.tolist(), embedded.counts.tolist()) == (["a", "b", "c"], [0, 2, 3], [2, 1, 3])
    assert embedded.owner.tolist() == [0, 0, 1, 2, 2, 2]


def test_each_object_has_its_own_shuffle_of_all_its_views():
    places = views({"a": 12, "b": 12, "c": 5}).draw(0, "mean")
    assert [sorted(part.tolist()) for part in np.split(places, [12, 24])] == [[*range(12)], [*range(12)], [*range(5)]]
    assert places[:12].tolist() != places[12:24].tolist()


def test_a_mean_is_that_of_the_first_shuffled_views_and_subsets_are_nested():
    embedded = views({"a": 6, "b": 6})
    places = embedded.draw(4, "mean")
    for count in (1, 2, 4, 6):
        for i, name in enumerate(embedded.ids):
            chosen = embedded.embeddings[(embedded.owner == i) & (places < count)]
            assert len(chosen) == count, name
            assert embedded.means(count, 4)[i] == pytest.approx(chosen.astype(float).mean(0), rel=1e-5)
    assert np.allclose(embedded.means(6, 4), embedded.means_of_all())


def test_ground_truth_and_rendered_views_are_drawn_alike_even_where_some_are_missing():
    whole, fewer = views({"a": 9, "b": 9}), views({"b": 9}, seed=1)
    assert whole.draw(0, "mean")[9:].tolist() == fewer.draw(0, "mean").tolist()
    without = ViewEmbeddings.of(["b"] * 8, np.arange(8), fewer.embeddings[:8])
    order = [number for number in np.argsort(fewer.draw(0, "mean")).tolist() if number != 8]
    assert np.argsort(without.draw(0, "mean")).tolist() == order


def test_draws_differ_by_seed_and_purpose():
    embedded = views({"a": 20})
    first = embedded.draw(0, "mean").tolist()
    assert first != embedded.draw(1, "mean").tolist()
    assert first != embedded.draw(0, "query").tolist()


def test_a_query_is_one_of_the_objects_own_views():
    embedded = views({"a": 4, "b": 7})
    for query, own_views in zip(embedded.queries(0), (embedded.embeddings[:4], embedded.embeddings[4:]), strict=True):
        assert (own_views == query).all(1).sum() == 1


def test_all_views_are_called_n_and_larger_counts_shrink_to_them():
    assert counts_by_name([1, 2, 36], 36) == {"1": 1, "2": 2, "N": 36}
    assert counts_by_name([1, 16, 36], 12) == {"1": 1, "N": 12}


def test_rows_without_vectors_are_drawn_as_those_with_and_there_may_be_none():
    owners, numbers = ["a"] * 4 + ["b"] * 3, np.array([0, 1, 2, 3, 0, 2, 5])
    rows = ViewRows.of_owners(owners, numbers)
    whole = ViewEmbeddings.of(owners, numbers, np.zeros((7, 2), np.float32))
    assert (rows.draw(0, "depth") == whole.draw(0, "depth")).all()
    assert len(ViewRows.of_owners([], np.zeros(0, np.int64)).draw(0, "depth")) == 0
