import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm
from statsmodels.stats.multitest import multipletests

from fieldlink.evaluation.claims.multiple_tests import holm, joint_tail

TAIL = 0.025


def test_independent_estimates_have_sidaks_tail_and_equal_ones_the_plain_one():
    assert joint_tail(np.eye(12), TAIL, 400_000, 0) == pytest.approx(1 - (1 - TAIL) ** (1 / 12), rel=0.05)
    assert joint_tail(np.ones((12, 12)), TAIL, 100_000, 0) == pytest.approx(TAIL, rel=0.05)
    assert joint_tail(np.eye(1), TAIL, 100, 0) == TAIL


def test_the_tail_of_three_correlated_estimates_is_that_of_the_normal_distribution():
    correlation = np.array([[1.0, 0.8, 0.3], [0.8, 1.0, 0.5], [0.3, 0.5, 1.0]])
    quantile = norm.isf(joint_tail(correlation, TAIL, 400_000, 1))
    assert multivariate_normal(cov=correlation).cdf(np.full(3, quantile)) == pytest.approx(1 - TAIL, abs=0.001)


def test_it_is_never_below_bonferronis_nor_disturbed_by_a_correlation_that_few_seeds_leave():
    assert joint_tail(np.array([[1.0, -1.0], [-1.0, 1.0]]), TAIL, 1000, 2) >= TAIL / 2
    indefinite = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    assert TAIL / 3 <= joint_tail(indefinite, TAIL, 10_000, 3) <= TAIL


def test_holms_p_values_are_a_case_by_hand_and_those_of_statsmodels():
    """Rising: 0.01 · 4, 0.02 · 3, 0.03 · 2 = 0.06 not below 0.06, 0.5 · 1."""
    assert holm([0.02, 0.5, 0.01, 0.03]) == pytest.approx([0.06, 0.5, 0.04, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    values = np.random.default_rng(4).random(12) ** 3
    assert holm(values.tolist()) == pytest.approx(multipletests(values, method="holm")[1])
