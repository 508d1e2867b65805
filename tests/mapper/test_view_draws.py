"""Views of means and of syn2real are drawn by each training, or once for all of them."""

import numpy as np
import pyarrow as pa
import pytest

from fieldlink.core.params import Params
from fieldlink.core.seeds import training_views
from fieldlink.embeddings.view_embeddings import ViewEmbeddings
from fieldlink.mapper.mean_view_pairs import MeanViewData

STUDY_SEED, IDS = 3, ["a", "b"]


class Views:
    """Six views of each of two objects."""

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.all = ViewEmbeddings.of(np.repeat(IDS, 6).tolist(), np.tile(np.arange(6), 2), random.normal(size=(12, 5)))
        self.rows = pa.table({"owner_id": np.repeat(IDS, 6).tolist(), "view": np.tile(np.arange(6), 2)})

    def views_of(self, _: object) -> ViewEmbeddings:
        return self.all


@pytest.mark.parametrize("drawn_by", ["training", "study"])
def test_means_are_of_the_views_that_the_parameters_say(params: Params, drawn_by: str):
    views = Views()
    data = MeanViewData(pa.table({}), pa.table({}), {"gt": views}, "objects")  # pyright: ignore[reportArgumentType]
    mapper = params.mapper.model_copy(update={"seeds": (0, 1), "view_draws": drawn_by})
    sets = data.mean_sets(IDS, [2, 6], mapper, STUDY_SEED)
    drawers = {0: training_views(STUDY_SEED, 0), 1: training_views(STUDY_SEED, 1)}
    drawers = drawers if drawn_by == "training" else {None: STUDY_SEED}
    assert sets.keys() == {("gt", "2", seed) for seed in drawers} | {("gt", "N", None)}
    for seed, drawer in drawers.items():
        np.testing.assert_array_equal(sets["gt", "2", seed], views.all.means(2, drawer))  # as Table 4.3 has them
    np.testing.assert_array_equal(sets["gt", "N", None], views.all.means_of_all())
