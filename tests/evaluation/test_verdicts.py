"""Verdicts: the rules case by case, and in simulation."""

from dataclasses import replace
from typing import Any, get_args

import numpy as np
import pytest
from evaluation.claim_cells import ABOVE, TRIED, A, B, C, saved, share
from scipy.stats import t

from fieldlink.core.errors import InputError
from fieldlink.core.params import ClaimsParams
from fieldlink.evaluation.claims.claim_rows import ClaimRow
from fieldlink.evaluation.claims.contrasts import Claimed, ClaimPart, Conclusion, Contrast, claimed_region
from fieldlink.evaluation.claims.effects import best_on_other_folds
from fieldlink.evaluation.claims.evidence import Evidence
from fieldlink.evaluation.claims.judged_contrasts import judged_contrasts, verdict_of
from fieldlink.evaluation.claims.verdicts import judged_together
from fieldlink.evaluation.measures.intervals import wilson
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults


def judged_alone(
    parts: list[ClaimPart], cells: dict[CellKey, SavedResults], claims: ClaimsParams = TRIED, **primary: Any
) -> list[ClaimRow]:
    """The rows of a claim whose mean part decides, or the `primary` ones."""
    evidence = Evidence(cells, {A: 60.0, B: 50.0, C: 55.5}, claims, 0.95, 0)
    return judged_together([Conclusion("whole", primary.get("primary", parts), parts)], evidence)


@pytest.mark.parametrize(
    ("claimed", "inside", "across", "outside"),
    [
        ("greater", [(0.1, 3)], [(-0.1, 3), (0, 3), (-3, 0)], [(-3, -0.1)]),
        ("less", [(-3, -0.1)], [(-3, 0.1), (-3, 0), (0, 3)], [(0.1, 3)]),
        ("no greater", [(-3, -1), (-3, 1.9)], [(1, 3), (-3, 2)], [(2.1, 3)]),
        ("equal", [(-1.9, 1.9), (0.5, 1.5)], [(-3, 3), (1, 3), (-2, 2), (-3, -1)], [(2.1, 3), (-3, -2.1)]),
    ],
)
def test_a_verdict_is_where_the_interval_lies(claimed, inside, across, outside):
    bounds = claimed_region(claimed, 2.0)
    for verdict, intervals in (("holds", inside), ("undecided", across), ("does not hold", outside)):
        assert {verdict_of(*map(float, interval), bounds) for interval in intervals} == {verdict}


def test_an_effect_is_the_difference_of_its_cells_with_the_published_one_beside_it():
    row, _ = judged_alone([ABOVE], {A: saved(share(150)), B: saved(share(100))})
    assert (row.claim, row.part, row.text, row.verdict, row.verdict_of_twelve) == (1, "", "whole", "holds", "holds")
    assert (row.published_effect, row.effect) == (10.0, 25.0)
    half = 100 * t.ppf(0.975, 199) * (0.25 * 0.75 / 199) ** 0.5  # of 50 ones among 200 differences, all others 0
    assert (row.ci_low, row.ci_high) == pytest.approx((25 - half, 25 + half), abs=1e-3)
    assert (row.level, row.n, row.seeds) == (0.95, 200, 1)


def test_the_claim_itself_is_the_mean_of_its_contrasts_ours_and_published():
    cells = {A: saved(share(150, seeds=3)), B: saved(share(100)), C: saved(share(90))}
    mean = ClaimPart("a above the mean of b and c", {A: 1.0}, {B: 0.5, C: 0.5}, "greater")
    primary, *parts = judged_alone([ABOVE, mean], cells)
    assert [row.effect for row in parts] == [25.0, 27.5]  # 75 − 50; 75 − (50 + 45) / 2
    assert [row.published_effect for row in parts] == [10.0, 7.25]  # 60 − 50; 60 − (50 + 55.5) / 2
    assert (primary.effect, primary.published_effect, primary.seeds) == (26.25, 8.625, 3)
    assert [row.verdict_of_twelve for row in parts] == ["", ""]
    assert primary.setting == "2 of 2 parts hold, 0 do not"


def test_contrasts_of_views_and_of_photos_count_alike_and_have_queries_of_their_own():
    cells = {A: saved(share(150)), B: saved(share(100))} | {
        C: saved(share(80, 800), "photos"),
        A._replace(table="8"): saved(share(160, 800), "photos"),
    }
    photos = ClaimPart("photos", {A._replace(table="8"): 1.0}, {C: 1.0}, "greater", published=({A: 1.0}, {C: 1.0}))
    primary, first, second = judged_alone([ABOVE, photos], cells)
    assert (primary.effect, first.effect, second.effect) == (17.5, 25.0, 10.0)
    assert (primary.n, first.n, second.n) == (1000, 200, 800)
    variances = [0.25 * 0.75 / 199, 0.1 * 0.9 / 799]
    assert primary.ci_high - primary.effect == pytest.approx(
        100 * t.ppf(0.975, 199) * (sum(variances) / 4) ** 0.5, rel=1e-3
    )


def test_ours_is_compared_with_its_control_and_the_published_with_what_stands_for_it():
    part = replace(ABOVE, published=({A: 1.0}, {C: 1.0}))
    row, _ = judged_alone([part], {A: saved(share(150)), B: saved(share(100))})
    assert (row.published_effect, row.effect) == (4.5, 25.0)  # 60 − 55.5; 75 − 50


def test_of_several_rivals_the_best_on_other_folds_counts():
    """b is right on the first half of every fold, c on a little more: c is the better one on all folds."""
    cells = {A: saved(share(150)), B: saved(share(100)), C: saved(share(110))}
    best = ClaimPart("a above the better of b and c", {A: 1.0}, ({B: 1.0}, {C: 1.0}), "greater")
    row, _ = judged_alone([best], cells)
    assert (row.effect, row.published_effect) == (20.0, 4.5)  # 75 − 55; 60 − 55.5


def test_picking_the_best_of_equal_rivals_costs_a_claim_nothing():
    """Ten rivals as good as the row: the best one on the same queries would be some points better."""
    rng, effects = np.random.default_rng(0), []
    rivals = [CellKey("9", f"clip views={i + 1}", "accuracy", "share") for i in range(10)]
    part = ClaimPart("", {A: 1.0}, tuple({rival: 1.0} for rival in rivals), "greater", published=({A: 1.0}, {B: 1.0}))
    for _ in range(60):
        cells = {key: saved(rng.random((1, 200)) < 0.5) for key in (A, *rivals)}
        effects.append(judged_alone([part], cells)[0].effect or 0.0)
    assert abs(np.mean(effects)) < 3 * np.std(effects) / 60**0.5
    same = [min(0.5 - rng.binomial(200, 0.5, 10) / 200) for _ in range(60)]
    assert 100 * np.mean(same) < -4  # what is avoided


def test_a_query_has_no_say_in_the_rival_that_it_meets():
    values = np.random.default_rng(1).random((3, 57))
    picked = best_on_other_folds(values)
    for query in range(57):
        others = np.arange(57) % 10 != query % 10
        assert picked[query] == values[:, others].mean(1).argmax()
    changed = values.copy()
    changed[0, 7] += 100
    assert best_on_other_folds(changed)[7] == picked[7]


def test_models_of_one_seed_are_paired():
    """The second is 5 points behind the first with every seed, whatever the seed's skill."""
    skills = (90, 120, 150)
    cells = {
        A: saved(np.concatenate([share(k) for k in skills])),
        B: saved(np.concatenate([share(k - 10) for k in skills])),
    }
    row, _ = judged_alone([ABOVE], cells)
    assert (row.effect, row.verdict) == (5.0, "holds")


def test_models_that_answer_alike_are_equal_only_as_far_as_the_queries_tell():
    equal = replace(ABOVE, claimed="equal")
    rows = {n: judged_alone([equal], {A: saved(share(9, n)), B: saved(share(9, n))})[0] for n in (20, 2000)}
    assert {n: row.verdict for n, row in rows.items()} == {20: "undecided", 2000: "holds"}
    assert rows[2000].ci_high == pytest.approx(100 * wilson(0.0, 2000, 0.95)[1], rel=0.05)


PARTS = [replace(ABOVE, text="a above b"), ClaimPart("a above c", {A: 1.0}, {C: 1.0}, "greater")]


@pytest.mark.parametrize(
    ("b", "c", "verdict", "counts"),
    [
        (60, 80, "holds", "2 of 2 parts hold, 0 do not"),
        (60, 200, "undecided", "1 of 2 parts hold, 1 do not"),  # 30 points above one, 40 below the other
        (119, 60, "holds", "1 of 2 parts hold, 0 do not"),
        (180, 200, "does not hold", "0 of 2 parts hold, 2 do not"),
    ],
)
def test_the_mean_decides_and_parts_are_counted(b: int, c: int, verdict: str, counts: str):
    cells = {key: saved(share(right)) for key, right in ((A, 120), (B, b), (C, c))}
    primary, *parts = judged_alone(PARTS, cells)
    assert [row.part for row in parts] == ["a", "b"]
    assert (primary.verdict, primary.level, primary.setting) == (verdict, 0.95, counts)
    assert parts[0].level == parts[1].level
    assert 0.95 < parts[0].level <= 0.975


def test_a_part_without_cells_is_undecided_and_says_why():
    cells = {A: saved(share(120)), B: saved(share(60))}
    primary, first, second = judged_alone(PARTS, cells)
    assert (first.verdict, second.verdict, primary.verdict) == ("holds", "undecided", "undecided")
    assert "not in this run: Table 9, 'CLIP mean'" in second.setting
    assert primary.setting.startswith("not in this run: Table 9, 'CLIP mean'")
    assert primary.setting.endswith("1 of 2 parts hold, 0 do not, 1 not in this run")
    assert (second.effect, primary.effect) == (None, None)
    assert (second.published_effect, primary.published_effect) == (4.5, 7.25)
    assert first.level == 0.95  # of one part nothing is to be corrected
    decided, *_ = judged_alone(PARTS, cells, primary=PARTS[:1])
    assert (decided.verdict, decided.effect) == ("holds", 30.0)


def test_sides_that_answer_other_queries_or_have_other_seeds_are_an_error_that_names_both():
    cells = {A: saved(share(120)), B: saved(share(60), queries="r")}
    named = "Table 9, 'CLIP all'.* and Table 9, 'CLIP all distinct'.*"
    with pytest.raises(InputError, match=rf"{named} same queries .* digests q and r"):
        judged_alone([ABOVE], cells)
    cells = {A: saved(share(120, seeds=2)), B: saved(share(60, seeds=2), first_seed=1)}
    with pytest.raises(InputError, match=r"seeds, found .*'CLIP all'.*\(0, 1\).*'CLIP all distinct'.*\(1, 2\)"):
        judged_alone([ABOVE], cells)


def test_one_training_seed_decides_nothing_where_anything_is_trained():
    """The effect, 30 points, keeps its interval; Holm's procedure takes it for undecided too."""
    mapper = A._replace(row="clip2nerf cosine")
    parts = [ClaimPart("mapper above CLIP", {mapper: 1.0}, {B: 1.0}, "greater")]
    judged = {}
    for seeds in (1, 2):
        cells = {mapper: saved(share(160, seeds=seeds)), B: saved(share(100))}
        evidence = Evidence(cells, {mapper: 60.0, B: 50.0}, TRIED, 0.95, 0)
        judged[seeds], _ = judged_together([Conclusion("whole", parts, parts)], evidence)
    assert judged[1].setting.startswith("one training seed, which does not say how others differ")
    assert [row.verdict for row in judged.values()] == ["undecided", "holds"]
    assert [row.verdict_of_twelve for row in judged.values()] == ["undecided", "holds"]
    assert judged[1].effect == judged[2].effect == 30.0
    assert judged[1].ci_low == pytest.approx(judged[2].ci_low, abs=0.1)


def test_settings_of_the_cells_stand_beside_the_effect():
    cells = {A: saved(share(120), setting="batch 468"), B: saved(share(60))}
    assert judged_alone([ABOVE], cells)[1].setting == "CLIP all: batch 468"


def test_a_p_value_is_below_5_in_100_just_where_the_interval_decides():
    for right in range(100, 140, 3):
        for claimed in get_args(Claimed):
            cells = {A: saved(share(120, seeds=2)), B: saved(np.roll(share(right, seeds=2), 90, axis=1))}
            tried = [replace(ABOVE, claimed=claimed)]
            evidence = Evidence(cells, {A: 60.0, B: 50.0}, ClaimsParams(margin=8.0, draws=10), 0.95, 0)
            (result,) = judged_contrasts(1, [Contrast("", tried)], evidence)
            assert (result.p < 0.05) == (result.row.verdict != "undecided"), (right, claimed)


def test_verdicts_of_all_claims_together_are_holms():
    """Of twelve claims: at 0.05 / 12 the first falls, and only then the next at 0.05 / 11."""
    cells = {A: saved(share(120)), B: saved(share(110)), C: saved(share(114))}
    sure, surer = (Conclusion(str(key), [part], [part]) for key, part in enumerate(PARTS))
    evidence = Evidence(cells, {A: 60.0, B: 50.0, C: 55.5}, TRIED, 0.95, 0)
    alone = [row for row in judged_together([sure, surer], evidence) if not row.part]
    assert [(row.verdict, row.verdict_of_twelve) for row in alone] == [("holds", "holds")] * 2
    absent = Conclusion("", [ClaimPart("", {}, {}, "greater", ({A: 1.0}, {B: 1.0}), "nothing")], [])
    twelve = [row for row in judged_together([sure, surer, *[absent] * 10], evidence) if not row.part]
    assert [row.verdict for row in twelve[:2]] == ["holds", "holds"]
    assert [row.verdict_of_twelve for row in twelve[:2]] == ["holds", "undecided"]  # p = 0.0014 and 0.014


def held(effects: list[float], studies: int, claimed: Claimed, *, any_part: bool = False) -> float:
    """The share of studies in which a claim of parts with these true effects, or any part, is said to hold.

    Three seeds whose skills vary by 4 points, 200 queries of differing ease.
    """
    rng, said_to_hold = np.random.default_rng(1), 0
    rivals = [CellKey("9", f"clip views={i + 1}", "accuracy", "share") for i in range(len(effects))]
    parts = [ClaimPart("", {A: 1.0}, {rival: 1.0}, claimed) for rival in rivals]
    for study in range(studies):
        ease = rng.uniform(0.5, 0.8, (1, 200))

        def model(skill: float, ease=ease) -> SavedResults:
            return saved(rng.random((3, 200)) < ease + skill + rng.normal(0, 0.04, (3, 1)))

        cells = {A: model(0.0)} | {rival: model(-effect) for rival, effect in zip(rivals, effects, strict=True)}
        claims, published = ClaimsParams(margin=20.0, draws=1000), dict.fromkeys([A, *rivals], 50.0)
        primary, *rows = judged_together(
            [Conclusion("", parts, parts)], Evidence(cells, published, claims, 0.95, study)
        )
        said_to_hold += any(row.verdict == "holds" for row in rows) if any_part else primary.verdict == "holds"
    return said_to_hold / studies


def test_a_false_claim_is_said_to_hold_in_at_most_5_of_100_studies():
    assert held([0.0], 150, "greater") <= 0.05
    assert held([0.15, -0.15], 150, "greater") <= 0.05
    assert held([0.3], 20, "greater") >= 0.8  # and a true one is


def test_any_of_many_false_parts_is_said_to_hold_in_at_most_5_of_100_studies():
    assert held([0.0] * 12, 100, "greater", any_part=True) <= 0.05


def test_a_difference_at_the_margin_is_said_to_be_none_in_at_most_5_of_100_studies():
    assert held([0.2], 100, "equal") <= 0.05
    assert held([-0.2], 100, "equal") <= 0.05
    assert held([0.0], 20, "equal") >= 0.5  # and none sometimes is
