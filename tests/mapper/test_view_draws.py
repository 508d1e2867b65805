"""Views of means are drawn by each training, or once for all of them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fieldlink.core import datasets
from fieldlink.core.params import Params
from fieldlink.core.schemas import IMAGE_EMBEDDINGS
from fieldlink.core.seeds import view_draw_seed
from fieldlink.mapper.mean_view_pairs import MeanViewData
from fieldlink.mapper.stored_embeddings import StoredEmbeddings

STUDY_SEED, IDS, VIEWS = 3, ["a", "b"], 6


@pytest.fixture
def views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StoredEmbeddings:
    """Six views of each of two objects."""
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    vectors = np.random.default_rng(0).normal(size=(len(IDS) * VIEWS, 5)).astype(np.float32)
    columns = {
        "owner_id": [name for name in IDS for _ in range(VIEWS)],
        "view": list(range(VIEWS)) * len(IDS),
        "domain": ["gt"] * (len(IDS) * VIEWS),
        "embedding": vectors,
    }
    datasets.write(tmp_path / "views", IMAGE_EMBEDDINGS, [datasets.table(IMAGE_EMBEDDINGS, columns)], "test")
    return StoredEmbeddings.of(tmp_path / "views")


@pytest.mark.parametrize("drawn_by", ["training", "study"])
def test_means_are_of_the_views_that_the_parameters_say(params: Params, views: StoredEmbeddings, drawn_by: str):
    data = MeanViewData(pa.table({}), pa.table({}), {"gt": views}, "objects")
    mapper = params.mapper.model_copy(update={"seeds": (0, 1), "view_draws": drawn_by})
    sets = data.mean_sets(IDS, [2, VIEWS], mapper, STUDY_SEED)
    drawers = {0: view_draw_seed(STUDY_SEED, 0), 1: view_draw_seed(STUDY_SEED, 1)}
    drawers = drawers if drawn_by == "training" else {None: STUDY_SEED}
    assert sets.keys() == {("gt", "2", seed) for seed in drawers} | {("gt", "N", None)}
    every = views.views_of(IDS)
    for seed, drawer in drawers.items():
        np.testing.assert_array_equal(sets["gt", "2", seed], every.means(2, drawer))  # as Table 4.3 has them
    np.testing.assert_array_equal(sets["gt", "N", None], every.means_of_all())
