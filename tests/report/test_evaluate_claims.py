"""Claims from the datasets that studies leave, through its stage."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from evaluation import made_up_answers
from evaluation.made_up import Study
from evaluation.made_up_answers import PUBLISHED

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import ANSWERS
from stages.report.evaluate_claims import evaluate_claims

ROOT = PUBLISHED.parent.parent.parent


def run(folder: Path, *studies: list) -> tuple[list[dict[str, str]], dict]:
    for number, answers in enumerate(studies):
        datasets.write(folder / f"answers-{number}", ANSWERS, [made_up_answers.rows(answers)], "test")
    evaluate_claims(
        answers=tuple(folder / f"answers-{number}" for number in range(len(studies))),
        published=PUBLISHED,
        table=folder / "claims.csv",
        metrics=folder / "claims.json",
        params_file=ROOT / "params.yaml",
    )
    with (folder / "claims.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file)), json.loads((folder / "claims.json").read_text())


def test_every_claim_has_a_headline_and_the_metrics_count_the_verdicts(tmp_path: Path):
    answers = made_up_answers.answers(queries=60)
    rows, metrics = run(tmp_path, answers[::2], answers[1::2])
    columns = "claim,part,text,published_effect,effect,ci_low,ci_high,verdict,verdict_of_twelve,level,n,seeds,setting"
    assert list(rows[0]) == columns.split(",")
    headlines = [row for row in rows if not row["part"]]
    assert [row["claim"] for row in headlines] == [str(number) for number in range(1, 13)]
    verdicts = [row["verdict"] for row in headlines]
    assert metrics["verdicts"] == {name: verdicts.count(name) for name in ("holds", "does not hold", "undecided")}
    for row in rows:
        assert float(row["ci_low"]) <= float(row["effect"]) <= float(row["ci_high"])
        assert metrics["effects"][row["claim"]][row["part"] or "headline"] == float(row["effect"])


def test_claims_about_a_study_that_did_not_run_are_undecided(tmp_path: Path):
    answers = [answer for answer in made_up_answers.answers(queries=60) if answer.key.table.startswith(("4.4", "4.5"))]
    rows, metrics = run(tmp_path, answers)
    headline_of = {row["claim"]: row for row in rows if not row["part"]}
    assert headline_of["6"]["verdict"] == "undecided"
    assert headline_of["6"]["effect"] == ""
    assert "not in this run: Table 4.6" in headline_of["6"]["setting"]
    assert float(headline_of["6"]["published_effect"]) == pytest.approx(0.68)
    assert headline_of["4"]["effect"] != ""
    assert {row["verdict_of_twelve"] for row in rows if row["part"]} == {""}
    assert set(metrics["effects"]) == {"4", "5"}


def test_a_variant_without_effect_is_an_error_that_names_both(tmp_path: Path):
    answers = made_up_answers.answers(queries=20)
    row = "nerf2clip siglip batch=1024"
    twins = [answer for answer in answers if answer.key[:2] == ("4.10b", "nerf2clip siglip batch=512")]
    others = [answer for answer in answers if answer.key[:2] != ("4.10b", row)]
    copies = [replace(answer, key=answer.key._replace(row=row), setting="batch 1024") for answer in twins]
    with pytest.raises(InputError, match=r"batch=1024 and Table 4.10b: nerf2clip siglip batch=512 have identical"):
        run(tmp_path, others, copies)


def test_what_the_studies_leave_is_read_as_it_is(made_up: Study, tmp_path: Path):
    evaluate_claims(
        answers=(made_up["zero_shot_answers"], made_up["retrieval_answers"]),
        published=PUBLISHED,
        table=tmp_path / "claims.csv",
        metrics=tmp_path / "claims.json",
        params_file=made_up.params,
    )
    effects = json.loads((tmp_path / "claims.json").read_text())["effects"]
    assert len(effects["1"]) == 1 + 24
    assert len(effects["2"]) == 1 + 30
    assert len(effects["5"]) == 1 + 15
    values = json.loads(made_up["retrieval.json"].read_text())["real"]
    expected = values["nerf2clip siglip"]["recall@1"] - values["clip2nerf cosine"]["recall@1"]
    assert effects["5"]["a"] == pytest.approx(expected, abs=1e-3)
