"""Components of variance: by hand, against statsmodels, and in simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t
from statsmodels.formula.api import ols
from statsmodels.stats.anova import anova_lm

from fieldlink.evaluation.measures.gallery_halves import DRAWS
from fieldlink.evaluation.measures.variance_components import Estimates, QueryValues


def estimate(*values: np.ndarray) -> Estimates:
    return Estimates.of([QueryValues(of_set[None]) for of_set in values])


def test_the_variance_of_a_mean_is_that_of_a_case_worked_by_hand():
    """Rows (1, 2, 6) and (3, 2, 10): means 3 and 5 of seeds, 2, 2 and 8 of queries, 4 of all.

    Seeds: 3 (1 + 1) / 1 = 6. Queries: 2 (4 + 4 + 16) / 2 = 24. Rest: residuals ∓(0, 1, −1), so 4 / 2 = 2.
    """
    estimates = estimate(np.array([[1.0, 2.0, 6.0], [3.0, 2.0, 10.0]]))
    assert estimates.means == pytest.approx([4])
    assert estimates.variances[:, 0] == pytest.approx([6 / 6, (24 - 2) / 6, 0])
    quantile = (1 * t.ppf(0.975, 1) + 22 / 6 * t.ppf(0.975, 2)) / (1 + 22 / 6)
    assert estimates.half_widths(0.025) == pytest.approx([quantile * (1 + 22 / 6) ** 0.5])


def test_mean_squares_are_those_of_statsmodels():
    values = np.random.default_rng(0).normal(size=(4, 11)) + np.arange(4)[:, None] + np.arange(11) / 3
    seed, query = np.indices(values.shape).reshape(2, -1)
    frame = pd.DataFrame({"value": values.ravel(), "seed": seed, "query": query})
    squares = anova_lm(ols("value ~ C(seed) + C(query)", frame).fit())["mean_sq"].to_numpy()
    seeds, queries, rest = squares
    expected = [seeds / values.size, (queries - rest) / values.size, 0]
    assert estimate(values).variances[:, 0] == pytest.approx(expected)


def test_equal_queries_leave_students_interval_of_the_seeds_and_one_seed_that_of_the_queries():
    shares, many = np.array([0.4, 0.5, 0.7]), np.random.default_rng(1).normal(size=(1, 30))
    low, high = t.interval(0.95, 2, loc=shares.mean(), scale=shares.std(ddof=1) / 3**0.5)
    assert 2 * estimate(np.repeat(shares[:, None], 10, axis=1)).half_widths(0.025) == pytest.approx([high - low])
    low, high = t.interval(0.95, 29, loc=0, scale=many.std(ddof=1) / 30**0.5)
    assert 2 * estimate(many).half_widths(0.025) == pytest.approx([high - low])


def test_contributions_of_two_sets_of_queries_add_up_but_for_the_seeds_that_they_share():
    """Seeds move both sets alike: their standard errors add. Queries are others: their variances do."""
    rng = np.random.default_rng(2)
    seeds = rng.normal(size=(3, 1))
    first, second = (np.repeat(seeds, n, axis=1) + rng.normal(size=n) for n in (20, 50))
    alone, both = [estimate(values) for values in (first, second)], estimate(first, second)
    assert both.means[0] == pytest.approx(sum(one.means[0] for one in alone))
    assert both.variances[0, 0] == pytest.approx(sum(one.variances[0, 0] ** 0.5 for one in alone) ** 2)
    assert both.variances[1, 0] == pytest.approx(sum(one.variances[1, 0] for one in alone))


def test_weights_that_are_equal_change_nothing_and_others_give_the_variance_of_a_ratio():
    values = np.random.default_rng(3).random((1, 3, 400))
    plain, weighted = (Estimates.of([QueryValues(values, weights)]) for weights in (None, np.full(400, 2.5)))
    assert weighted.variances == pytest.approx(plain.variances)
    weights = np.repeat([1.0, 3.0], 200)
    estimates, mean = Estimates.of([QueryValues(values[:, :1], weights)]), np.average(values[0, 0], weights=weights)
    assert estimates.means == pytest.approx([mean])
    linear = np.sum((weights * (values[0, 0] - mean)) ** 2) / weights.sum() ** 2
    assert estimates.variances[1] == pytest.approx([linear], rel=0.01)


def test_several_means_have_the_covariance_of_their_sums_and_differences():
    """Var(a) + Var(b) ± 2 Cov(a, b), component by component."""
    a, b = np.random.default_rng(4).normal(size=(2, 3, 25))
    a = a + b
    joint = Estimates.of([QueryValues(np.stack([a, b]))])
    for sign, combined in ((1, estimate(a + b)), (-1, estimate(a - b))):
        for part, whole in zip(joint.components, combined.components, strict=True):
            expected = part.covariance[0, 0] + part.covariance[1, 1] + 2 * sign * part.covariance[0, 1]
            assert whole.covariance[0, 0] == pytest.approx(expected, abs=1e-12)


def test_a_gallery_adds_what_both_halves_of_the_queries_share():
    """Every draw moves both halves alike by 0.02, and each by noise of its own."""
    rng = np.random.default_rng(5)
    shared = np.resize([-0.02, 0.02], DRAWS)
    in_halves = shared + 0.005 * rng.normal(size=(2, DRAWS))
    estimates = Estimates.of([QueryValues(rng.random((1, 3, 200)), in_halves=in_halves[None])])
    assert estimates.variances[2] == pytest.approx([0.02**2], rel=0.1)
    assert np.isclose(estimates.variances[2, 0], np.cov(*in_halves)[0, 1])


def test_a_tail_is_the_one_whose_half_width_is_the_distance():
    estimates = estimate(np.random.default_rng(6).normal(size=(3, 40)))
    for tail in (0.3, 0.025, 1e-4):
        assert estimates.tail(0, float(estimates.half_widths(tail)[0])) == pytest.approx(tail, rel=1e-6)
    assert estimates.tail(0, 0.0) == 0.5
    assert estimates.tail(0, -1.0) == pytest.approx(1 - estimates.tail(0, 1.0))
    only_queries = estimate(np.random.default_rng(6).normal(size=(1, 5000)))
    assert only_queries.tail(0, float(only_queries.variances.sum() ** 0.5)) == pytest.approx(norm.sf(1), rel=1e-3)


def test_seeds_are_no_reason_to_call_means_correlated():
    """Two means that agree on no query, moved alike by three seeds."""
    seeds, rng = np.array([[-1.0], [0.0], [1.0]]), np.random.default_rng(7)
    values = np.stack([seeds + rng.normal(size=300), seeds + rng.normal(size=300)])
    assert abs(Estimates.of([QueryValues(values)]).correlation[0, 1]) < 0.05
    alike = np.stack([values[0], values[0]])
    assert Estimates.of([QueryValues(alike[:, :1])]).correlation == pytest.approx(np.ones((2, 2)))
