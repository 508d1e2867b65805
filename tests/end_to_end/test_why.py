"""`fieldlink why` explains every table of a tiny study, and its cells are recomputed from what it says."""

import csv
import json
from pathlib import Path

import pytest
from end_to_end import recompute
from end_to_end.conftest import Study

from fieldlink.core.errors import InputError
from fieldlink.evaluation.study_tables import TABLES
from fieldlink.report.explanation import explain
from fieldlink.report.explanation_text import text


def cells(folder: Path) -> list[dict[str, str]]:
    """The first and the last cell of every table."""
    tables: dict[str, list[dict[str, str]]] = {}
    for path in sorted((folder / "reports/tables").glob("*.csv")):
        for row in csv.DictReader(path.read_text().splitlines()):
            tables.setdefault(row.get("table", ""), []).append(row)
    tables.pop("", None)  # claims
    return [row for rows in tables.values() for row in (rows[0], rows[-1])]


def test_cells_of_every_table_are_recomputed_from_what_why_returns(study: Study):
    rows = cells(study.folder)
    assert {row["table"] for row in rows} == {table.number for table in TABLES}
    for row in rows:
        explanation = explain(study.folder, row["table"], row["row"], row["column"], row["metric"])
        explained = json.loads(json.dumps(explanation.as_dict()))
        assert recompute.value(explained) == pytest.approx(float(row["value"]), abs=1e-4), row
        bounds = [float(row["ci_low"]), float(row["ci_high"])]
        assert recompute.interval(explained) == pytest.approx(bounds, abs=1e-3), row
        assert (len(explained["queries"]), len(set(explained["queries"]))) == (int(row["n"]), int(row["n"])), row
        assert len(explained["seeds"]) == int(row["seeds"])
        assert explained["published"] is None or explained["published"] > 0
        assert explained["departures"]


def test_digests_parameters_and_stages_are_those_of_the_run(study: Study):
    explained = explain(study.folder, "4.4a", "nerf2clip siglip", "recall@1").as_dict()
    for path in ("data/objects", "data/models/nf2vec", "data/models/clip", "data/retrieval/mappers", "data/views"):
        assert explained["digests"][path] == recompute.digest(study.folder / path), path
    names = [stage["name"] for stage in explained["stages"]]
    assert names.index("prepare_scenes") < names.index("fit_nerfs") < names.index("train_nf2vec")
    assert names[-1] == "pipelines/retrieval/dvc.yaml:evaluate"
    assert "pipelines/zero_shot/dvc.yaml:train" not in names
    assert explained["parameters"]["nerf.fitting.steps"] == 25
    assert explained["commit"] == study.run("git", "rev-parse", "HEAD").strip()
    hits = {seed["seed"]: sum(seed["values"]) for seed in explained["seeds"]}
    lines = text(explain(study.folder, "4.4a", "nerf2clip siglip", "recall@1"))
    for seed, hit in hits.items():
        assert f"seed {seed}: {hit:.0f} hit, {explained['n'] - hit:.0f} missed" in lines


def test_a_table_of_another_run_than_its_answers_is_an_error(study: Study):
    path = study.folder / "reports/tables/retrieval.csv"
    text_before = path.read_text()
    row = next(csv.DictReader(text_before.splitlines()))
    try:
        path.write_text(text_before.replace(f",{row['value']},", ",12.34,", 1))
        with pytest.raises(InputError, match=r"reports/tables has 12\.34: they are of two runs; run dvc checkout"):
            explain(study.folder, row["table"], row["row"], row["column"], row["metric"])
    finally:
        path.write_text(text_before)


def test_a_place_that_is_not_there_is_named_with_those_that_are(study: Study):
    with pytest.raises(InputError, match=r"no row 'nerf2clip sigli' in this run, such as 'nerf2clip siglip'"):
        explain(study.folder, "4.4a", "nerf2clip sigli", "recall@1")
    with pytest.raises(
        InputError, match=r"no column 'recall@2' in this run, such as 'recall@5', 'recall@1', 'recall@10'"
    ):
        explain(study.folder, "4.4a", "nerf2clip siglip", "recall@2")
