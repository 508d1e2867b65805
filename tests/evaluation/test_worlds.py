"""Effects over worlds: a case by hand, statsmodels, and how often intervals and verdicts are wrong."""

from math import inf, sqrt

import numpy as np
import pytest
from extras import needed
from scipy.stats import t

from fieldlink.core.errors import InputError
from fieldlink.evaluation.worlds.pooling import PooledEffect, pool, within_variance
from fieldlink.evaluation.worlds.world_verdicts import decision, verdict, verdicts_together, worlds_needed

ABOVE, WITHIN = (0.0, inf), (-2.0, 2.0)


def test_four_worlds_by_hand():
    """Effects 1, 2, 3, 6: mean 3, squares of deviations 4 + 1 + 0 + 9 = 14, variance 14 / 3."""
    effect = pool(np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 2.0, 1.0, 4.0]))
    assert effect.mean == 3.0
    assert effect.std_error == pytest.approx(sqrt(14 / 3 / 4))
    assert effect.sd_within == pytest.approx(sqrt(2))
    assert effect.sd_between == pytest.approx(sqrt(14 / 3 - 2))
    reach = 3.182446 * sqrt(14 / 12)  # Student's 97.5 % with 3 degrees of freedom, from a table
    assert effect.interval(0.95) == pytest.approx((3 - reach, 3 + reach), abs=1e-5)
    reach = 3.182446 * sqrt(14 / 12 + 14 / 3)
    assert effect.prediction(0.95) == pytest.approx((3 - reach, 3 + reach), abs=1e-5)


@pytest.mark.parametrize("method", ["pm", "dl"])
@pytest.mark.parametrize("between", [0.0, 3.0])
def test_it_is_hartung_and_knapp_s_interval_of_statsmodels(method, between):
    meta_analysis = needed("statsmodels.stats.meta_analysis")
    random = np.random.default_rng(3)
    effects, within = random.normal(2, np.hypot(between, 1.5), 12), random.uniform(1, 4, 12)
    ours = pool(effects, within)
    theirs = meta_analysis.combine_effects(effects, np.full(12, within.mean()), method_re=method, use_t=True)
    assert ours.mean == pytest.approx(theirs.mean_effect_re)
    assert ours.interval(0.95) == pytest.approx(theirs.conf_int(use_t=True)[3], rel=1e-6)
    assert ours.sd_between**2 == pytest.approx(max(0.0, theirs.tau2), rel=1e-5, abs=1e-6)


def test_one_world_has_a_mean_alone_and_none_is_an_error():
    effect = pool(np.array([2.5]), np.array([4.0]))
    assert (effect.mean, effect.sd_within, effect.worlds) == (2.5, 2.0, 1)
    assert np.isnan([*effect.interval(0.95), *effect.prediction(0.95), effect.sd_between]).all()
    assert verdict(effect, ABOVE, 0.95) == "undecided"
    assert worlds_needed(effect, ABOVE, 0.95) is None
    with pytest.raises(InputError, match="no world has this effect"):
        pool(np.empty(0))


def test_worlds_that_agree_have_the_error_of_the_noise_within_them():
    effect = pool(np.full(4, 1.0), np.full(4, 9.0))
    assert effect.std_error == pytest.approx(3 / sqrt(4))
    assert effect.sd_between == 0.0
    assert verdict(effect, ABOVE, 0.95) == "undecided"


def test_the_variance_of_a_normal_interval():
    assert within_variance(-1.959964 * 2, 1.959964 * 2, 0.95) == pytest.approx(4.0, rel=1e-5)


def test_the_variance_of_an_interval_of_few_seeds():
    """Three seeds add 3 to the variance and queries 6: Cochran's half-width is (4.302653 · 3 + 1.959964 · 6) / 3."""
    half = (4.302653 * 3 + 1.959964 * 6) / 3
    assert within_variance(-half, half, 0.95, seed_part=3.0, seeds=3) == pytest.approx(9.0, rel=1e-5)
    assert within_variance(-0.1, 0.1, 0.95, seed_part=3.0, seeds=3) >= 3.0


@pytest.mark.parametrize(
    ("mean", "region", "expected"),
    [
        (3.0, ABOVE, "holds"),
        (-3.0, ABOVE, "does not hold"),
        (1.0, ABOVE, "undecided"),
        (0.0, (-inf, 2.0), "undecided"),
        (-1.0, (-inf, 2.0), "holds"),
        (0.0, (-3.0, 3.0), "holds"),
        (0.0, WITHIN, "undecided"),
        (5.0, WITHIN, "does not hold"),
        (-5.0, WITHIN, "does not hold"),
    ],
)
def test_a_verdict_is_where_the_interval_lies(mean, region, expected):
    effect = PooledEffect(mean, 1.0, 2.0, 1.0, 10)
    low, high = effect.interval(0.95)  # ± 2.26
    assert high - mean == pytest.approx(2.262157)
    inside, outside = region[0] < low and high < region[1], high < region[0] or region[1] < low
    assert verdict(effect, region, 0.95) == ("holds" if inside else "does not hold" if outside else "undecided")
    assert verdict(effect, region, 0.95) == expected


def test_together_the_smallest_p_is_held_to_the_strictest_level():
    """Holm at 5 % with four: 0.0125, 0.0167, 0.025, 0.05; the third fails, and so does the fourth after it."""
    decisions = [("holds", 0.03), ("does not hold", 0.012), ("holds", 0.016), ("holds", 0.04)]
    assert verdicts_together(decisions, 0.95) == ["undecided", "does not hold", "holds", "undecided"]


def test_as_many_more_worlds_as_needed_decide_four_times_in_five():
    effect = pool(np.array([-2.0, 1.0, 3.0, 2.0, 1.0]))
    more = worlds_needed(effect, ABOVE, 0.95)
    assert more
    spread, random = effect.std_error * sqrt(5), np.random.default_rng(0)
    draws = random.normal(effect.mean, spread, (4000, 5 + more))
    errors = draws.std(axis=1, ddof=1) / sqrt(5 + more)
    assert np.mean(draws.mean(axis=1) - t.ppf(0.975, 4 + more) * errors > 0) == pytest.approx(0.8, abs=0.04)
    assert worlds_needed(PooledEffect(9.0, 1.0, 2.0, 1.0, 10), ABOVE, 0.95) == 0
    assert worlds_needed(PooledEffect(1e-4, 1.0, 2.0, 1.0, 10), ABOVE, 0.95) is None


@pytest.mark.parametrize("worlds", [3, 10])
@pytest.mark.parametrize("between", [0.0, 1.0, 5.0])
def test_intervals_of_made_up_worlds_cover_the_mean_and_one_more_world(worlds, between):
    random, within, rounds = np.random.default_rng([worlds, int(between)]), 4.0, 2000
    effects = random.normal(7.0, between, (rounds, worlds)) + random.normal(0, sqrt(within), (rounds, worlds))
    stated = within * random.chisquare(20, (rounds, worlds)) / 20  # each world estimates its own
    one_more = random.normal(7.0, sqrt(between**2 + within), rounds)
    pooled = [pool(*row) for row in zip(effects, stated, strict=True)]
    covered = np.mean([low <= 7.0 <= high for low, high in (effect.interval(0.95) for effect in pooled)])
    assert covered == pytest.approx(0.95, abs=0.015)
    predicted = [
        low <= value <= high
        for (low, high), value in zip((effect.prediction(0.95) for effect in pooled), one_more, strict=True)
    ]
    assert np.mean(predicted) == pytest.approx(0.95, abs=0.015)


@pytest.mark.parametrize(("truth", "region"), [(0.0, ABOVE), (2.0, WITHIN), (-2.0, WITHIN), (2.0, (-inf, 2.0))])
def test_at_most_one_claim_in_twenty_holds_where_it_is_just_not_true(truth, region):
    random = np.random.default_rng(1)
    decisions = [decision(pool(random.normal(truth, 1.5, 10)), region) for _ in range(2000)]
    assert np.mean([leaning == "holds" and p < 0.05 for leaning, p in decisions]) < 0.05


def test_of_twelve_untrue_claims_judged_together_one_in_twenty_studies_calls_any_true():
    random, wrong = np.random.default_rng(2), 0
    for _ in range(400):
        decisions = [decision(pool(random.normal(0, 2, 10)), ABOVE) for _ in range(12)]
        wrong += any(verdict != "undecided" for verdict in verdicts_together(decisions, 0.95))
    assert wrong / 400 == pytest.approx(0.05, abs=0.03)
