"""NeRFs with a hash grid through the stages: fitted, rendered, embedded by nf2vec, and as a row of a table."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import NERF_EMBEDDINGS, NERFS, OBJECTS, RENDERED_VIEWS, VIEWS
from fieldlink.evaluation.measures.class_hits import hit_at_k
from fieldlink.evaluation.measures.fast_neighbours import fast_neighbours
from fieldlink.evaluation.measures.nearest_neighbours import Gallery
from fieldlink.evaluation.results.query_results import CellKey, QueryResults
from fieldlink.evaluation.results.table_cells import cells, csv_text
from fieldlink.scenes import views
from stages.backbone.embed_nerfs import embed_nerfs
from stages.backbone.fit_nerfs import fit_nerfs
from stages.backbone.render_nerfs import render_nerfs
from stages.backbone.start_nerfs import start_nerfs
from stages.backbone.train_nf2vec import train_nf2vec

pytestmark = [pytest.mark.thesis, pytest.mark.slow]

TINY = {
    "runtime.workers": 1,
    "nerf.start.kind": "random",
    "nerf.field.encoding": "hash",
    "nerf.field.hash": {"levels": 2, "log2_table": 8, "features": 2, "coarsest": 3, "growth": 2.0},
    "nerf.field.units": 16,
    "nerf.field.hidden_layers": 1,
    "nerf.fitting.occupancy": 24,
    "nerf.fitting.steps": 60,
    "nerf.fitting.learning_rate": 0.03,
    "nerf.rendering.step": 0.1,
    "nf2vec.encoder": [16],
    "nf2vec.embedding": 8,
    "nf2vec.decoder": 16,
    "nf2vec.training.steps": 12,
    "nf2vec.training.batch": 3,
    "nf2vec.training.points": 32,
}
SPLITS = ["train", "validation", "test", "test", "test", "test"]


def write_spheres(folder: Path, spheres) -> None:
    """Red and blue balls, three of each, of several sizes."""
    names = [f"{colour}-{number}" for number in range(3) for colour in ("blue", "red")]
    shown = {"blue": (30, 60, 220), "red": (220, 50, 30)}
    listing = {
        "object_id": sorted(names),
        "class_name": [name.split("-")[0] for name in sorted(names)],
        "split": [SPLITS[names.index(name)] for name in sorted(names)],
        "base_object_id": sorted(names),
        "augmentation": [0] * 6,
        "caption": [None] * 6,
        **{name: ["test"] * 6 for name in ("synset", "source")},
    }
    datasets.write(folder / "objects", OBJECTS, [datasets.table(OBJECTS, listing)], "test")
    seen = [spheres(0.2 + 0.05 * int(name[-1]), shown[name.split("-")[0]], 24, 8) for name in sorted(names)]
    rows = [datasets.table(VIEWS, views.columns(*pair)) for pair in zip(sorted(names), seen, strict=True)]
    datasets.write(folder / "views", VIEWS, rows, "test")


@pytest.mark.parametrize("layout", ["official", "per_input"])
def test_a_hash_grid_leads_to_a_row_of_a_table(tmp_path, params_with, spheres, layout):
    write_spheres(tmp_path, spheres)
    params = params_with(TINY | {"nf2vec.layout": layout})
    start_nerfs(tmp_path / "start", params)
    folders = tmp_path / "objects", tmp_path / "views"
    fit_nerfs(*folders, tmp_path / "start", tmp_path / "nerfs", tmp_path / "rejected", params)
    nerfs = datasets.read(tmp_path / "nerfs", NERFS)
    assert min(nerfs["psnr_train"].to_pylist()) > 18
    render_nerfs(*folders, tmp_path / "nerfs", tmp_path / "rendered", params)
    assert len(datasets.read(tmp_path / "rendered", RENDERED_VIEWS)) == 6 * 8
    train_nf2vec(
        tmp_path / "objects", tmp_path / "nerfs", tmp_path / "views", tmp_path / "nf2vec", tmp_path / "curves", params
    )
    embed_nerfs(tmp_path / "nerfs", tmp_path / "nf2vec", tmp_path / "embeddings")
    embedded = datasets.read(tmp_path / "embeddings", NERF_EMBEDDINGS)
    vectors, ids = datasets.matrix(embedded["embedding"]), embedded["object_id"].to_pylist()
    assert vectors.shape == (6, 8)
    assert len(np.unique(vectors, axis=0)) == 6
    classes = np.array([name.startswith("red") for name in ids], int)
    neighbours = fast_neighbours(vectors, np.arange(6), Gallery.of_objects(vectors), 1)
    right = hit_at_k(neighbours.item, classes, classes, 1)[None]
    answers = QueryResults.of(
        CellKey("baselines neighbours", layout, "recall@1", "recall_nerf"), right, [0], ids, [neighbours.item]
    )
    (row,) = csv.DictReader(io.StringIO(csv_text(cells([answers], load(params).intervals.level))))
    assert (row["table"], row["row"], row["n"]) == ("baselines neighbours", layout, "6")
    assert float(row["value"]) == pytest.approx(100 * right.mean(), abs=1e-3)
