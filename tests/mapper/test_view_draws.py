"""Views of means are drawn by each training, or once for all of them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from fieldlink.core import datasets
from fieldlink.core.params import Params
from fieldlink.core.schemas import IMAGE_EMBEDDINGS
from fieldlink.core.seeds import view_draw_seed
from fieldlink.core.variants import parse
from fieldlink.mapper import mean_view_pairs
from fieldlink.mapper.mean_view_pairs import MeanViewData
from fieldlink.mapper.stored_embeddings import StoredEmbeddings

STUDY_SEED, IDS, VIEWS = 3, ["a", "b"], 6


def stored(folder: Path, domain: str, counts: dict[str, int]) -> StoredEmbeddings:
    """Random embeddings of so many views of each object."""
    vectors = np.random.default_rng(0).normal(size=(sum(counts.values()), 5)).astype(np.float32)
    columns = {
        "owner_id": [name for name, count in counts.items() for _ in range(count)],
        "view": [number for count in counts.values() for number in range(count)],
        "domain": [domain] * len(vectors),
        "embedding": vectors,
    }
    datasets.write(folder, IMAGE_EMBEDDINGS, [datasets.table(IMAGE_EMBEDDINGS, columns)], "test")
    return StoredEmbeddings.of(folder)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    return tmp_path


@pytest.fixture
def views(folder: Path) -> StoredEmbeddings:
    """Six views of each of two objects."""
    return stored(folder / "views", "gt", dict.fromkeys(IDS, VIEWS))


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


@pytest.mark.parametrize(("train", "validation"), [(6, 4), (4, 6)])
def test_a_mapper_is_validated_on_the_set_that_it_learns_from_whatever_the_splits_views(
    params: Params, folder: Path, train: int, validation: int
):
    """Four views are all of one split's and a part of the other's."""
    ids = ["a", "b", "c", "d"]
    counts = dict(zip(ids, (train, validation, train, validation), strict=True))
    objects = pa.table({"object_id": ids, "split": ["train", "validation"] * 2, "augmentation": [0] * 4})
    nerfs = pa.table(
        {"object_id": ids, "embedding": pa.array([[float(i)] for i in range(4)], pa.list_(pa.float32(), 1))}
    )
    images = {source: stored(folder / source, source, counts) for source in ("rendered", "gt")}
    data = MeanViewData(objects, nerfs, images, "objects")
    mapper = params.mapper.model_copy(update={"seeds": (0, 1)})
    task = mean_view_pairs.task(data, [1, 4, 6], ["cosine"], mapper=mapper, study_seed=STUDY_SEED, device="cpu")
    assert len(task.models) == 2 * 3 * 2  # sources, numbers of views, seeds
    for model in task.models:
        variant = parse(model.variant)
        of_source = images[variant.source]
        for pairs, split in ((task.train, ["a", "c"]), (task.validation, ["b", "d"])):
            own, drawer = of_source.views_of(split), view_draw_seed(STUDY_SEED, model.seed)
            means = own.means_of_all() if variant.views == "N" else own.means(int(variant.views), drawer)
            np.testing.assert_array_equal(pairs.clip[model.clip_set], means)
