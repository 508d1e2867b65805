import csv
import re
from dataclasses import replace
from pathlib import Path

import pytest

from fieldlink.core.errors import InputError
from fieldlink.evaluation.study_tables import RETRIEVAL, TABLES, of_study, of_template, study_table

ROOT = Path(__file__).parents[2]
FILES = [file for file in sorted((ROOT / "reports/tables").glob("*.csv")) if file.stem != "claims"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_number_of_a_study_stands_in_a_table_of_the_registry(file):
    for row in csv.DictReader(file.read_text("utf-8").splitlines()):
        table = study_table(row["table"])
        assert table.study == file.stem
        assert table.has(row["column"], row["metric"]), row


def test_every_published_table_is_in_the_registry():
    text = (ROOT / "reports/published/tables.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        assert study_table(row["table"]).has(row["column"], row["metric"]), row


def test_every_table_has_a_number_of_its_own_a_title_a_question_and_stages():
    assert len({table.number for table in TABLES}) == len(TABLES)
    for table in TABLES:
        assert table.title
        assert table.question.endswith((".", "?"))
        assert (ROOT / "stages" / table.study / "evaluate.py").is_file()
        assert table.number in (ROOT / "pipelines" / table.study / "README.md").read_text("utf-8")


def test_an_unknown_table_is_an_error_that_names_the_registry():
    with pytest.raises(InputError, match=r"no table '9.9', expected one of fieldlink/evaluation/study_tables.py"):
        study_table("9.9")


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
