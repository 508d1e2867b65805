import numpy as np
import pytest
from scipy.stats import binomtest, t

from fieldlink.core.params import IntervalsParams
from fieldlink.evaluation.measures.intervals import difference, interval, wilson
from fieldlink.evaluation.measures.rankings import macro_weights

HOW = IntervalsParams(resamples=1000, level=0.95)
t_interval = t.interval


@pytest.mark.parametrize(("hits", "count"), [(0, 20), (20, 20), (7, 20), (199, 200)])
def test_wilson_is_scipys(hits: int, count: int):
    expected = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert wilson(hits / count, count, 0.95) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_where_all_hits_agree_the_interval_is_wilsons_over_queries(value: float):
    estimate = interval(np.full((3, 50), value), HOW, 0)
    low, high = wilson(value, 50, 0.95)
    assert (estimate.value, estimate.low, estimate.high) == pytest.approx((100 * value, 100 * low, 100 * high))
    assert estimate.high - estimate.low > 1


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_where_all_hits_agree_no_weights_tell_the_interval_from_wilsons(value: float):
    """Classes of 1 to 12 queries count alike, as in macro Hit@1: such weights don't sum to 1 in floats."""
    for most in range(2, 13):
        weights = macro_weights(np.repeat(np.arange(most), np.arange(1, most + 1)))
        estimate = interval(np.full((3, len(weights)), value), HOW, 0, weights)
        expected = [100 * bound for bound in (value, *wilson(value, len(weights), 0.95))]
        assert [estimate.value, estimate.low, estimate.high] == expected


def test_a_measure_below_zero_keeps_its_interval():
    values = np.random.default_rng(1).normal(-0.3, 0.2, (2, 100)).clip(-1, 1)
    estimate = interval(values, HOW, 0)
    assert -100 <= estimate.low < estimate.value < estimate.high < 0
    bounded = interval(np.where(values < -0.3, -1.0, -0.95), HOW, 0)
    assert bounded.low >= -100


def test_with_one_seed_it_has_the_width_of_query_sampling():
    """Protocol 6.3: ± 1.96 sqrt(p (1 − p) / n)."""
    hits = hit(np.random.default_rng(0).random((1, 2000)) < 0.7)
    estimate, share = interval(hits, HOW, 0), hits.mean()
    half = 196 * (share * (1 - share) / 2000) ** 0.5
    assert estimate.value == pytest.approx(100 * share)
    assert (estimate.high - estimate.low) / 2 == pytest.approx(half, rel=0.1)


def test_where_every_query_is_alike_it_is_students_of_the_seeds():
    """Three seeds that differ on all queries at once: the interval of their mean is that of a t-test."""
    shares = np.array([0.4, 0.5, 0.7])
    expected = t_interval(0.95, 2, loc=shares.mean(), scale=shares.std(ddof=1) / 3**0.5)
    estimate = interval(np.repeat(shares[:, None], 10, axis=1), IntervalsParams(resamples=200_000, level=0.8), 0)
    low, high = t_interval(0.8, 2, loc=shares.mean(), scale=shares.std(ddof=1) / 3**0.5)
    assert (estimate.low, estimate.high) == pytest.approx((100 * low, 100 * high), abs=0.5)
    assert expected[0] < low


@pytest.mark.parametrize(("seeds", "queries", "skill"), [(3, 200, 0.0), (3, 200, 0.05), (3, 1300, 0.04), (1, 300, 0.0)])
def test_it_covers_the_truth_in_at_least_95_of_100_cases(seeds: int, queries: int, skill: float):
    """Queries of differing difficulty, seeds of differing skill: the truth is the mean over both populations."""
    rng, covered, cases = np.random.default_rng(2), 0, 400
    for case in range(cases):
        ease = rng.beta(0.6, 0.4, (1, queries)) + rng.normal(0, skill, (seeds, 1))
        estimate = interval(hit(rng.random((seeds, queries)) < ease), IntervalsParams(resamples=300, level=0.95), case)
        covered += estimate.low <= 60 <= estimate.high
    assert covered / cases >= 0.95 - 2 * (0.95 * 0.05 / cases) ** 0.5


def test_the_same_queries_are_resampled_alike():
    hits = hit(np.random.default_rng(3).random((3, 100)) < 0.5)
    assert interval(hits, HOW, 0) == interval(hits.copy(), HOW, 0)
    assert interval(hits, HOW, 0) != interval(hits, HOW, 1)


def test_weights_count_as_repeated_queries():
    hits = hit(np.random.default_rng(4).random((1, 60)) < 0.5)
    weights = np.array([1.0, 2.0, 3.0] * 20)
    estimate = interval(hits, HOW, 0, weights)
    assert estimate.value == pytest.approx(100 * np.repeat(hits[0], weights.astype(int)).mean())


def test_a_difference_is_paired_over_queries():
    """Two models that agree on all but a few queries: the difference is far surer than either share."""
    rng = np.random.default_rng(5)
    first = hit(rng.random((1, 500)) < 0.6)
    second = first.copy()
    second[0, np.flatnonzero(first[0])[:20]] = 0
    estimate = difference(first, second, HOW, 0)
    assert estimate.value == pytest.approx(100 * 20 / 500)
    assert 0 < estimate.low < estimate.value < estimate.high
    assert estimate.spread < interval(first, HOW, 0).spread / 2


def test_equal_models_are_told_apart_in_at_most_5_of_100_cases():
    rng, told, cases = np.random.default_rng(6), 0, 400
    for case in range(cases):
        ease = rng.beta(0.6, 0.4, (1, 200))
        models = [hit(rng.random((3, 200)) < ease + rng.normal(0, 0.04, (3, 1))) for _ in range(2)]
        estimate = difference(*models, IntervalsParams(resamples=300, level=0.95), case)
        told += estimate.low > 0 or estimate.high < 0
    assert told / cases <= 0.05 + 2 * (0.05 * 0.95 / cases) ** 0.5


def hit(right: np.ndarray) -> np.ndarray:
    return right.astype(np.float32)
