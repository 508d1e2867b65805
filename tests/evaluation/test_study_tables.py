import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fieldlink.core.errors import InputError
from fieldlink.evaluation.results.query_results import CellKey, QueryResults
from fieldlink.evaluation.results.table_cells import cells
from fieldlink.evaluation.study_tables import RETRIEVAL, TABLES, of_study, of_template, study_table

ROOT = Path(__file__).parents[2]
FILES = [file for file in sorted((ROOT / "reports/tables").glob("*.csv")) if file.stem != "claims"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_number_of_a_study_stands_in_a_table_of_the_registry(file):
    for row in csv.DictReader(file.read_text("utf-8").splitlines()):
        table = study_table(row["table"])
        assert table.study == file.stem
        table.require(row["column"], row["metric"])


def test_every_published_table_is_in_the_registry():
    text = (ROOT / "reports/published/tables.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        study_table(row["table"]).require(row["column"], row["metric"])


def test_every_table_has_a_number_of_its_own_a_title_a_question_and_stages():
    assert len({table.number for table in TABLES}) == len(TABLES)
    for table in TABLES:
        assert table.title
        assert table.question.endswith((".", "?"))
        assert (ROOT / "stages" / table.study / "evaluate.py").is_file()
        assert table.number in (ROOT / "pipelines" / table.study / "README.md").read_text("utf-8")


def test_an_unknown_table_is_an_error_that_names_the_registry():
    with pytest.raises(InputError, match=r"no table '9.9', expected one of fieldlink/evaluation/tables"):
        study_table("9.9")


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (CellKey("4.9a", "clip2nerf cosine", "x", "recall_synthetic"), "no column 'x'; .*/augmented.py"),
        (CellKey("4.9a", "clip2nerf cosine", "recall@1", "y"), "no metric 'y'; .*/augmented.py"),
        (CellKey("4.1 mine", "nerf2clip gt views=1", "x", "zero_shot_accuracy"), "no column 'x'; .*/zero_shot.py"),
    ],
)
def test_a_result_in_an_undeclared_column_is_an_error_that_names_the_file_to_add_it_to(key, message):
    result = QueryResults.of(key, np.array([[1.0, 0.0]]), [0], ["a", "b"], [np.zeros(2)])
    with pytest.raises(InputError, match=f"Table {key.table} declares {message}"):
        cells([result], 0.95)


def test_a_template_of_the_users_own_has_a_table_of_its_own():
    table = of_template("prompt_mine")
    assert table.number == "4.1 prompt_mine"
    assert study_table(table.number) == table
    assert "prompt_mine" in table.title


def test_tables_are_found_by_study_and_by_the_domain_of_their_queries():
    assert [table.number for table in of_study("syn2real")] == ["4.8"]
    assert {domain: table.number for domain, table in RETRIEVAL.items()} == {"gt": "4.4a", "photo": "4.5a"}


def test_a_table_with_a_metric_for_each_domain_says_which_and_another_has_none():
    assert [study_table("4.7").metric_of(domain) for domain in ("synthetic", "real")] == [
        "recall_synthetic",
        "recall_real",
    ]
    with pytest.raises(ValueError, match=r"Table 4.6 has no metric of real queries: \('classification_accuracy',\)"):
        study_table("4.6").metric_of("real")


def test_the_protocol_has_the_sections_of_every_study():
    headings = re.findall(
        r"^#{2,3} (\d+(?:\.\d+)?)", (ROOT / "docs/protocol.md").read_text("utf-8"), flags=re.MULTILINE
    )
    assert {section for table in TABLES for section in table.protocol_sections} <= set(headings)
    with pytest.raises(InputError, match="no study 'tri-planes'"):
        _ = replace(TABLES[0], study="tri-planes").protocol_sections
