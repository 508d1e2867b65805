"""Departures of a run are the parameters whose values aren't the published ones; the thesis profile has none."""

from pathlib import Path

import pytest

from fieldlink.commands.apply_profile import apply_profile
from fieldlink.core.params import Params, load
from fieldlink.evaluation.study_tables import TABLES
from fieldlink.report.departures import Departure, departures, dotted

ROOT = Path(__file__).parent.parent.parent
PROTOCOL = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
NUMBERS = [table.number for table in TABLES]


@pytest.fixture(scope="module")
def thesis_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("thesis") / "params.yaml"
    path.write_text((ROOT / "params.yaml").read_text())
    apply_profile("thesis", ROOT / "profiles", path)
    return path


@pytest.mark.parametrize("table", NUMBERS)
def test_the_thesis_profile_departs_from_nothing(thesis_file: Path, table: str):
    assert departures(PROTOCOL, dotted(load(thesis_file)), table) == []


@pytest.mark.parametrize("table", NUMBERS)
def test_the_default_study_departs_where_it_says_so(params: Params, table: str):
    texts = {departure.text for departure in departures(PROTOCOL, dotted(params), table)}
    assert {
        "nf2vec.supervision is points, published rays",
        "nerf.fitting.pixels is silhouettes, published all",
    } <= texts
    assert len(texts) > 30


def test_one_value_that_is_not_published_is_the_one_departure(thesis_file: Path):
    from dvc.utils.hydra import apply_overrides

    apply_overrides(thesis_file, ["nerf.fitting.betas=[0.9,0.99]", "embedding_spaces.heads.tested=best"])
    changed = dotted(load(thesis_file))
    betas = Departure("2", "nerf.fitting.betas is 0.9, 0.99, published 0.9, 0.999")
    tested = Departure("8", "embedding_spaces.heads.tested is best, published last")
    assert departures(PROTOCOL, changed, "4.1") == [betas]
    assert departures(PROTOCOL, changed, "4.6") == [tested, betas]
    unread = {key: value for key, value in changed.items() if not key.startswith("nerf.")}
    assert departures(PROTOCOL, unread, "4.6") == [tested]
