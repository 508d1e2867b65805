from collections import Counter

import numpy as np
import pytest

from fieldlink.core.params import Params
from fieldlink.mapper.pair_sampler import Sampler, every_view, joined_passes


def cut(values: np.ndarray, batch: int) -> list[list[int]]:
    return [values[i : i + batch].tolist() for i in range(0, len(values), batch)]


@pytest.mark.parametrize(("objects", "passes", "batch"), [(10, 6, 4), (10, 3, 10), (7, 36, 7), (5, 9, 3), (1, 4, 1)])
def test_a_batch_never_holds_an_object_twice_and_every_object_comes_once_a_pass(objects: int, passes: int, batch: int):
    order = joined_passes(objects, passes, batch, np.random.default_rng(0))
    assert all(len(set(part)) == len(part) for part in cut(order, batch))
    assert all(sorted(part) == list(range(objects)) for part in cut(order, objects))


@pytest.mark.parametrize("fixed", [True, False])
def test_a_round_of_epochs_shows_every_view_of_every_object_once(fixed: bool):
    sampler = Sampler(np.full(9, 12), passes=4, batch=4, fixed=fixed)
    for start in (0, 3, 6):
        orders = [sampler.order(5, epoch) for epoch in range(start, start + 3)]
        pairs = Counter(pair for order in orders for pair in zip(order.objects, order.views, strict=True))
        assert len(pairs) == 9 * 12
        assert set(pairs.values()) == {1}


@pytest.mark.parametrize("fixed", [True, False])
def test_passes_beyond_the_views_show_every_view_as_often_again(fixed: bool):
    order = Sampler(np.full(9, 4), passes=12, batch=5, fixed=fixed).order(5, 1)
    pairs = Counter(zip(order.objects.tolist(), order.views.tolist(), strict=True))
    assert len(pairs) == 9 * 4
    assert set(pairs.values()) == {3}
    assert all(len(set(batch)) == len(batch) for batch in cut(order.objects, 5))


def test_fixed_batches_come_again_and_reshuffled_ones_dont():
    def epochs(fixed: bool) -> list[list[int]]:
        sampler = Sampler(np.full(9, 12), passes=4, batch=4, fixed=fixed)
        return [sampler.order(5, epoch).objects.tolist() for epoch in (0, 1, 3)]

    first, second, third = epochs(fixed=True)
    assert first == third
    assert first != second
    first, _, third = epochs(fixed=False)
    assert first != third


@pytest.mark.parametrize("fixed", [True, False])
def test_with_several_pairs_of_an_object_a_round_still_shows_every_pair_once(fixed: bool):
    sampler = Sampler(np.full(9, 12), passes=4, batch=6, fixed=fixed, several=True)
    rounds = [[sampler.order(5, epoch) for epoch in range(start, start + 3)] for start in (0, 3)]
    for orders in rounds:
        pairs = Counter(pair for order in orders for pair in zip(order.objects, order.views, strict=True))
        assert len(pairs) == 9 * 12
        assert set(pairs.values()) == {1}
        batches = [batch for order in orders for batch in cut(order.objects, 6)]
        assert any(len(set(batch)) < len(batch) for batch in batches)
    same = [(one.objects == other.objects).all() for one, other in zip(*rounds, strict=True)]
    assert all(same) == fixed


def test_a_batch_of_several_pairs_of_an_object_may_be_larger_than_the_number_of_objects(params: Params):
    mapper = params.mapper.model_copy(update={"batch": 40, "views_per_epoch": 6})
    assert Sampler.of(np.full(9, 12), mapper).batch == 9
    assert Sampler.of(np.full(9, 12), mapper.model_copy(update={"object_pairs": "several"})).batch == 40


def test_order_and_views_differ_from_seed_to_seed():
    sampler = Sampler(np.full(20, 6), passes=2, batch=8, fixed=False)
    one, again, other = sampler.order(0, 0), sampler.order(0, 0), sampler.order(1, 0)
    assert one.objects.tolist() == again.objects.tolist()
    assert one.objects.tolist() != other.objects.tolist()
    assert one.views[np.argsort(one.objects)].tolist() != other.views[np.argsort(other.objects)].tolist()


def test_objects_may_differ_in_their_number_of_views():
    counts = np.array([1, 3, 2, 3])
    order = every_view(counts, 64, 0)
    assert (order.views < counts[order.objects]).all()
    assert {*zip(order.objects.tolist(), order.views.tolist(), strict=True)} == {
        (i, view) for i, count in enumerate(counts) for view in range(count)
    }


def test_the_default_study_takes_at_most_1500_steps(params: Params):
    per_view, mean = (Sampler.of(np.full(156, views), params.mapper) for views in (36, 1))
    assert per_view.steps * params.mapper.epochs <= 1500
    assert mean.steps == 3  # two batches of 64 and one of 28
    assert Sampler.of(np.full(10, 36), params.mapper).batch == 10
