import numpy as np
import pytest
from scipy.stats import binomtest

from stages.evaluation.intervals import interval, wilson
from stages.params import Intervals

HOW = Intervals(resamples=1000, level=0.95)


@pytest.mark.parametrize(("hits", "count"), [(0, 20), (20, 20), (7, 20), (199, 200)])
def test_wilson_is_scipys(hits: int, count: int):
    expected = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert wilson(hits / count, count, 0.95) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("value", [True, False])
def test_where_all_hits_agree_the_interval_is_wilsons_over_queries(value: bool):
    found = interval(np.full((3, 50), value), HOW, 0)
    low, high = wilson(float(value), 50, 0.95)
    assert (found.value, found.low, found.high) == pytest.approx((100 * value, 100 * low, 100 * high))
    assert found.high - found.low > 1


def test_with_one_seed_it_has_the_width_of_query_sampling():
    """Protocol 6.3: ± 1.96 sqrt(p (1 − p) / n)."""
    hits = np.random.default_rng(0).random((1, 2000)) < 0.7
    found, share = interval(hits, HOW, 0), hits.mean()
    half = 196 * (share * (1 - share) / 2000) ** 0.5
    assert found.value == pytest.approx(100 * share)
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.1)


def test_the_bootstrap_variance_is_that_of_seeds_and_queries_drawn_together():
    """A slow bootstrap that draws rows and columns by index."""
    rng = np.random.default_rng(1)
    hits = rng.random((4, 60)) < np.array([0.5, 0.6, 0.7, 0.8])[:, None]
    shares = [hits[rng.integers(0, 4, 4)][:, rng.integers(0, 60, 60)].mean() for _ in range(4000)]
    found = interval(hits, Intervals(resamples=4000, level=0.95), 0)
    assert (found.low, found.high) == pytest.approx(100 * np.quantile(shares, [0.025, 0.975]), abs=1.5)


def test_it_covers_the_truth_in_about_95_of_100_cases():
    """Queries of differing difficulty, seeds of differing skill: the truth is the mean over both populations."""
    rng, covered, cases = np.random.default_rng(2), 0, 300
    for case in range(cases):
        skill, ease = rng.normal(0, 0.02, (10, 1)), rng.uniform(0.3, 0.9, (1, 200))
        found = interval(rng.random((10, 200)) < ease + skill, Intervals(resamples=400, level=0.95), case)
        covered += found.low <= 60 <= found.high
    assert 0.90 <= covered / cases <= 0.99


def test_the_same_queries_are_resampled_alike():
    hits = np.random.default_rng(3).random((3, 100)) < 0.5
    assert interval(hits, HOW, 0) == interval(hits.copy(), HOW, 0)
    assert interval(hits, HOW, 0) != interval(hits, HOW, 1)
