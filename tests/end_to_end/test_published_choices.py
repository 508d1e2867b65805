"""A tiny study with every published choice, from end to end: sizes, data and models of others alone are small."""

import csv
from pathlib import Path
from typing import Any

import pytest
from end_to_end.conftest import Study, new_study
from published_items import items
from ruamel.yaml import YAML

from fieldlink.core.params import load
from fieldlink.report.departures import departures, dotted

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
SMALL: dict[str, Any] = {
    "nerf": {"start": {"kind": "random"}, "fitting": {"rays": 32, "samples": 16, "held_out": []}},
    "nf2vec": {
        "supervision": "rays",
        "training": {"rays": 8, "candidates": 128, "step": 0.06, "most_points": 96, "points": 32},
    },
    "finetuning": {"epochs": 6},  # a decoder that is trained then shows in predictions
    "generation": {"step": 0.1},
}


def published() -> dict[str, Any]:
    """The thesis profile's values of the items in docs/protocol.md, section 17, as nested keys."""
    profile = YAML(typ="safe").load((ROOT / "profiles/thesis.yaml").read_text())
    changes: dict[str, Any] = {}
    for item in items():
        value, section = profile, changes
        *sections, last = item.parameter.split(".")
        for name in sections:
            value, section = value[name], section.setdefault(name, {})
        section[last] = value[last]
    return changes


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = new_study(tmp_path_factory.mktemp("published"), SMALL)
    study.change(published())
    study.run("dvc", "repro")
    return study


def test_every_table_has_its_rows_and_no_published_choice_is_departed_from(study: Study):
    params, protocol = dotted(load(study.folder / "params.yaml")), (ROOT / "docs/protocol.md").read_text()
    rows = [row for path in study.folder.glob("reports/tables/*.csv") for row in csv.DictReader(path.open())]
    tables = {row["table"] for row in rows if row.get("table")}
    assert {
        "4.1",
        "4.2",
        "4.3",
        "4.4a",
        "4.4b",
        "4.5a",
        "4.6",
        "4.7",
        "4.8",
        "4.9a",
        "4.10a",
        "4.11a",
        "4.12a",
    } <= tables
    departed = {one.text.split(" is ")[0] for table in tables for one in departures(protocol, params, table)}
    assert departed
    assert not departed & {item.parameter for item in items()}


def test_the_best_nf2vec_lies_beside_the_last_and_is_measured_too(study: Study):
    assert (study.folder / "data/models/nf2vec/best.safetensors").is_file()
    assert '"best"' in (study.folder / "reports/metrics/nf2vec.json").read_text()
