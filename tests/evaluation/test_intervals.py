import numpy as np
import pytest
from coverage_study import Design, coverage
from scipy.stats import binomtest, norm, t

from fieldlink.evaluation.measures.gallery_halves import DRAWS
from fieldlink.evaluation.measures.intervals import interval, wilson
from fieldlink.evaluation.measures.rankings import macro_weights
from fieldlink.evaluation.measures.variance_components import QueryValues


def of(values: np.ndarray, weights: np.ndarray | None = None, level: float = 0.95):
    return interval(QueryValues(values[None].astype(np.float32), weights), level)


@pytest.mark.parametrize(("hits", "count"), [(0, 20), (20, 20), (7, 20), (199, 200)])
def test_wilson_is_scipys(hits: int, count: int):
    expected = binomtest(hits, count).proportion_ci(0.95, method="wilson")
    assert wilson(hits / count, count, 0.95) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_where_all_hits_agree_the_interval_is_wilsons_over_queries(value: float):
    mean, (low, high) = of(np.full((3, 50), value)), wilson(value, 50, 0.95)
    assert (mean.value, mean.low, mean.high) == pytest.approx((100 * value, 100 * low, 100 * high))
    assert mean.spread > 1


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_where_all_hits_agree_no_weights_tell_the_interval_from_wilsons(value: float):
    """Classes of 1 to 12 queries count alike, as in macro Hit@1: such weights don't sum to 1 in floats."""
    for most in range(2, 13):
        weights = macro_weights(np.repeat(np.arange(most), np.arange(1, most + 1)))
        mean = of(np.full((3, len(weights)), value), weights)
        expected = [100 * bound for bound in (value, *wilson(value, len(weights), 0.95))]
        assert [mean.value, mean.low, mean.high] == expected


def test_a_measure_below_zero_has_a_symmetric_interval_within_its_bounds():
    values = np.random.default_rng(1).normal(-0.3, 0.2, (2, 100)).clip(-1, 1)
    mean = of(values)
    assert mean.high - mean.value == pytest.approx(mean.value - mean.low)
    assert -100 <= mean.low < mean.value < mean.high < 0
    assert of(np.where(values < -0.3, -1.0, -0.95)).low >= -100


def test_with_one_seed_it_is_that_of_the_log_odds_of_a_share():
    """Of p among n: log(p / (1 − p)) ± t / sqrt(n p (1 − p)), with n − 1 for n in the spread."""
    hits = np.random.default_rng(0).random((1, 2000)) < 0.7
    mean, p = of(hits), hits.mean()
    reach = t.ppf(0.975, 1999) / (1999 * p * (1 - p)) ** 0.5
    low, high = (1 / (1 + np.exp(-np.log(p / (1 - p)) - step)) for step in (-reach, reach))
    assert (mean.value, mean.low, mean.high) == pytest.approx((100 * p, 100 * low, 100 * high), rel=1e-5)


def test_it_stays_within_0_and_100_and_says_nothing_of_other_queries_from_a_single_one():
    few = np.zeros((3, 12))
    few[:, 0] = 1
    assert 0 < of(few).low < of(few).value < of(few).high < 100
    single = of(np.array([[1.0], [0.0], [1.0]]))
    assert (single.low, single.high) == (0, 100)


def test_it_is_wider_at_a_higher_level_and_with_a_gallery_that_matters():
    hits = np.random.default_rng(3).random((3, 100)) < 0.5
    assert of(hits, level=0.8).spread < of(hits).spread < of(hits, level=0.99).spread
    moved = np.resize([-0.05, 0.05], (1, 2, DRAWS))
    assert interval(QueryValues(hits[None].astype(np.float32), in_halves=moved), 0.95).spread > of(hits).spread


def test_weights_count_as_repeated_queries():
    hits = np.random.default_rng(4).random((1, 60)) < 0.5
    weights = np.array([1.0, 2.0, 3.0] * 20)
    assert of(hits, weights).value == pytest.approx(100 * np.repeat(hits[0], weights.astype(int)).mean())


@pytest.mark.parametrize(("seeds", "queries", "skill"), [(3, 208, 0.0), (3, 208, 5.0), (5, 300, 2.0), (1, 208, 0.0)])
def test_it_covers_the_truth_in_93_to_98_of_100_studies(seeds: int, queries: int, skill: float):
    """A query of ease e is right by a seed of skill s if e + s + luck > 0; seeds' shares vary by `skill` points."""
    rng, covered, studies, spread = np.random.default_rng(2), 0, 500, 1.0 + 1.5**2
    scale = skill / 100 / norm.pdf(0.3, scale=spread**0.5)
    truth = 100 * norm.cdf(0.3 / (spread + scale**2) ** 0.5)
    for _ in range(studies):
        ease, skills = 1.5 * rng.normal(size=queries), scale * rng.normal(size=(seeds, 1))
        mean = of(0.3 + ease + skills + rng.normal(size=(seeds, queries)) > 0)
        covered += mean.low <= truth <= mean.high
    assert 0.93 - 0.02 <= covered / studies <= 0.98 + 0.012


@pytest.mark.parametrize(
    ("seeds", "queries", "points", "gallery"),
    [(3, 208, 0, 0), (3, 208, 5, 2), (5, 208, 1, 0), (10, 208, 2, 2), (3, 1300, 5, 2)],
)
def test_numbers_and_paired_differences_are_covered_with_a_gallery_that_matters_too(seeds, queries, points, gallery):
    """In 93 to 98 of 100 studies, give or take two standard errors of 600 studies."""
    rates = coverage(Design(seeds=seeds, queries=queries, points=points, gallery=gallery), studies=600)
    assert all(93 - 2.1 <= rate <= 98 + 1.2 for rate in rates), rates
