"""The twelve claims on made-up answers, and changes along the line of batches."""

import numpy as np
import pytest
from evaluation import made_up_answers
from evaluation.claim_cells import ABOVE, TRIED, saved, share
from evaluation.made_up_answers import VALUES, saved_by_key

from fieldlink.core.errors import InputError
from fieldlink.evaluation.claims.claim_rows import ClaimRow, letters, summary
from fieldlink.evaluation.claims.conclusions import conclusions
from fieldlink.evaluation.claims.contrasts import Conclusion, change_along_line
from fieldlink.evaluation.claims.evidence import Evidence, published_values
from fieldlink.evaluation.claims.verdicts import judged_together
from fieldlink.evaluation.results.query_results import CellKey
from fieldlink.evaluation.results.saved_results import SavedResults


def test_a_rise_along_the_line_is_polyfits():
    cells = [{CellKey("9", str(i), "accuracy", "share"): 1.0} for i in range(6)]
    values = dict(zip((key for side in cells for key in side), [74.9, 78.9, 81.9, 82.9, 83.2, 83.6], strict=True))
    up, down = (sum(weight * values[key] for key, weight in side.items()) for side in change_along_line(cells))
    slope = np.polyfit(np.arange(6), list(values.values()), 1)[0]
    assert up - down == pytest.approx(5 * slope)


def test_a_rise_is_over_the_places_given_and_a_place_may_be_a_mean_of_cells():
    cells = {CellKey("9", str(i), "accuracy", "share"): value for i, value in enumerate((70.0, 76.0, 71.0, 74.0, 66.0))}
    first, second, *last = cells
    up, down = change_along_line([{first: 1.0}, {second: 1.0}, dict.fromkeys(last, 1 / 3)], np.array([1.0, 2.0, 7.0]))
    slope = np.polyfit([1, 2, 7], [70, 76, (71 + 74 + 66) / 3], 1)[0]
    assert sum(w * cells[c] for c, w in up.items()) - sum(w * cells[c] for c, w in down.items()) == pytest.approx(
        6 * slope
    )


def swept(batches: dict[int, tuple[int, int]], end: str = " equal-steps") -> dict[CellKey, SavedResults]:
    """Table 4.10a: by the batch asked for, the one used and how many of 200 queries are right."""
    return {
        CellKey("4.10a", f"nerf2clip siglip batch={batch}{end}", "recall@1", "recall_synthetic"): saved(
            share(right), setting=f"batch {used}"
        )
        for batch, (used, right) in batches.items()
    }


@pytest.mark.parametrize(("end", "part", "equal"), [(" equal-steps", "a", "steps"), ("", "c", "epochs")])
def test_batches_capped_alike_are_one_place_on_the_line_at_the_batch_really_used(end: str, part: str, equal: str):
    """70, 65 and 60 % with three batches, the last under three names: 10 points lower from end to end."""
    cells = swept({64: (64, 140), 128: (128, 130), 256: (256, 120), 512: (256, 119), 1024: (256, 121)}, end)
    row = next(row for row in judged_on(cells) if (row.claim, row.part) == (10, part))
    assert row.effect == pytest.approx(-10)
    assert row.published_effect == pytest.approx(-0.3986, abs=1e-4)
    assert f"equal {equal}: change along the line over batches really used (64, 128, 256; published: 64 to" in row.text


def test_two_batches_are_too_few_for_a_trend():
    cells = swept({64: (64, 140), 128: (100, 130), 256: (100, 120), 512: (100, 119)})
    headline, part, *_ = (row for row in judged_on(cells) if row.claim == 10)
    assert (part.verdict, part.effect, headline.verdict) == ("undecided", None, "undecided")
    assert "Table 4.10a with 3 batches that differ and equal steps, really used: [64, 100]" in part.setting


def judged_on(cells: dict[CellKey, SavedResults]) -> list[ClaimRow]:
    return judged_together(conclusions(cells), Evidence(cells, VALUES, TRIED, 0.95, 0))


@pytest.fixture(scope="module")
def of_study() -> list[ClaimRow]:
    """All claims on made-up answers as good as published."""
    return judged_on(saved_by_key(made_up_answers.answers()))


def test_published_effects_are_those_of_the_thesis(of_study: list[ClaimRow]):
    """Worked by hand from the printed tables."""
    effects = {f"{row.claim}{row.part}": row.published_effect for row in of_study}
    lines = {  # Σ ± 0.5, 1.5, 2.5 · value, over 17.5, five times
        "10a": 5 * (-2.5 * 79.65 - 1.5 * 79.29 - 0.5 * 78.56 + 0.5 * 78.25 + 1.5 * 78.33 + 2.5 * 79.73) / 17.5,
        "10b": 5 * (-2.5 * 73.32 - 1.5 * 77.34 - 0.5 * 70.75 + 0.5 * 75.19 + 1.5 * 76.72 + 2.5 * 72.28) / 17.5,
    }
    hand = {
        "1a": 81.0 - 79.6, "1x": 84.7 - 84.0, "2a": 83.1 - 81.0, "2ad": 86.7 - 83.6,
        "3": 86.7 - 85.0, "3a": 86.7 - 85.0, "3b": 83.6 - 84.7,
        "4": 87.02 - 86.61, "4a": 87.02 - 86.61, "4e": 87.02 - 84.74, "4f": 87.02 - 84.74, "4g": 96.81 - 96.44,
        "4l": 96.81 - 95.64,
        "5": (76.49 - 73.87 + 90.76 - 89.36 + 95.02 - 93.27) / 3, "5a": 76.49 - 69.91, "5d": 76.49 - 73.87,
        "5e": 76.49 - 73.87, "5o": 95.02 - 93.27,
        "6": 93.23 - 92.55, "6b": 93.23 - 91.10, "7a": 77.16 - 76.95, "7d": 0.0, "7f": 95.05 - 95.02,
        "7": (77.16 - 76.95 + 94.08 - 94.06 + 96.78 - 96.81 + 0.0 + 90.86 - 90.76 + 95.05 - 95.02) / 6,
        "8": (78.92 - 69.91 + 78.68 - 70.19 + 80.42 - 70.75 + 79.82 - 76.49) / 4, "8a": 78.92 - 69.91,
        "8d": 79.82 - 76.49, "8e": 90.39 - 90.76, "8f": 93.10 - 95.02,
        "9": (86.95 - 87.02 + 79.65 - 76.95 + 62.23 - 69.91 + 73.32 - 76.49) / 4, "9a": 86.95 - 87.02,
        "9d": 73.32 - 76.49, **lines, "10": sum(lines.values()) / 2, "10d": lines["10b"],
        "11a": 82.5 - 84.7, "11h": 84.5 - 85.0, "11i": 81.05 - 87.02, "11p": 72.58 - 76.49,
        "12": (86.17 + 86.04 + 86.84 + 87.05 + 68.94 + 68.57 + 70.21 + 70.22) / 8 - (87.02 + 69.91) / 2,
        "12d": 87.05 - 87.02, "12h": 70.22 - 69.91,
    }  # fmt: skip
    assert {name: effects[name] for name in hand} == pytest.approx(hand, abs=1e-3)


def test_on_answers_as_good_as_published_effects_and_verdicts_follow_from_the_tables(of_study: list[ClaimRow]):
    """With 400 made-up queries that models answer in one order of ease, only the sizes of effects decide."""
    verdicts = {row.claim: row.verdict for row in of_study if not row.part}
    assert list(verdicts) == list(range(1, 13))
    assert {number for number, verdict in verdicts.items() if verdict == "holds"} >= {1, 2, 8, 9, 10, 11, 12}
    assert all(row.effect == pytest.approx(row.published_effect, abs=0.6) for row in of_study)
    assert all(row.n == (800 if row.claim in (7, 9, 10, 11, 12) else 400) for row in of_study if not row.part)
    counted = summary(of_study)
    assert sum(counted["verdicts"].values()) == 12
    assert counted["effects"]["8"]["a"] == pytest.approx(9.0, abs=0.5)


def test_translations_and_copies_are_told_from_as_many_steps_without_them():
    """Controls that are as good as the rows beside them: only then is there no effect."""
    skills = made_up_answers.SKILLS
    without = {" gt only": " syn2real", " original": ""}

    def skill(key: CellKey) -> float:
        end = next((end for end in without if key.row.endswith(end)), "")
        return skills[key._replace(row=key.row.removesuffix(end) + without.get(end, ""))]

    rows = judged_on(saved_by_key(made_up_answers.answers(skill)))
    assert [row.effect for row in rows if row.claim in (8, 9)] == [0.0] * (7 + 5)


def test_parts_are_lettered_past_z_and_published_values_must_be_numbers():
    assert [letters(i) for i in (0, 25, 26, 29)] == ["a", "z", "aa", "ad"]
    with pytest.raises(InputError, match=r"tables.csv: expected columns .* and a number as value"):
        published_values("table,row,column,metric,value\n1,a,b,c,x\n", "tables.csv")
    with pytest.raises(InputError, match=r"^tables.csv: no Table 9, 'CLIP all', accuracy .*, which a claim compares"):
        judged_together([Conclusion("", [ABOVE], [])], Evidence({}, {}, TRIED, 0.95, 0, "tables.csv"))
