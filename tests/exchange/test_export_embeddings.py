"""Embeddings as clip-retrieval reads them: rows in step with their metadata, inner products that are cosines."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from fieldlink.commands.export_embeddings import export_embeddings
from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS

pytestmark = pytest.mark.thesis

IDS = ["a", "b", "b.a1"]


@pytest.fixture
def objects(tmp_path):
    columns = {"object_id": IDS, "base_object_id": ["a", "b", "b"], "augmentation": [0, 0, 1], "source": ["test"] * 3}
    columns |= {"class_name": ["car", "chair", "chair"], "synset": ["0"] * 3, "split": ["test", "train", "train"]}
    columns |= {"caption": ["a red car", None, None]}
    datasets.write(tmp_path / "objects", OBJECTS, [datasets.table(OBJECTS, columns)], "test")
    return tmp_path / "objects"


def written(folder, schema, columns):
    datasets.write(folder, schema, [datasets.table(schema, columns)], "test")
    return folder


def test_nerfs_come_with_class_split_and_caption_and_keep_their_cosines(tmp_path, objects):
    vectors = np.random.default_rng(0).normal(size=(3, 8)).astype(np.float32) * [[0.1], [3], [20]]
    dataset = written(tmp_path / "v", NERF_EMBEDDINGS, {"object_id": IDS, "embedding": vectors})
    export_embeddings(dataset, objects, tmp_path / "out")
    vectors_written = np.load(tmp_path / "out/img_emb/img_emb_0.npy", allow_pickle=False)
    assert vectors_written.dtype == np.float32
    lengths = np.linalg.norm(vectors, axis=1)
    assert vectors_written @ vectors_written.T == pytest.approx(
        vectors @ vectors.T / np.outer(lengths, lengths), abs=1e-5
    )
    rows = pq.read_table(tmp_path / "out/metadata/metadata_0.parquet").to_pylist()
    assert [row["image_path"] for row in rows] == IDS
    assert [row["caption"] for row in rows] == ["a red car", "chair", "chair"]
    assert [row["split"] for row in rows] == ["test", "train", "train"]


def test_views_are_told_apart_by_their_number(tmp_path, objects):
    columns = {"owner_id": ["a", "a", "photo"], "view": [0, 1, 0], "domain": ["gt"] * 3, "embedding": np.eye(3)}
    export_embeddings(written(tmp_path / "v", IMAGE_EMBEDDINGS, columns), objects, tmp_path / "out")
    rows = pq.read_table(tmp_path / "out/metadata/metadata_0.parquet").to_pylist()
    assert [(row["image_path"], row["class_name"]) for row in rows] == [
        ("a/00", "car"),
        ("a/01", "car"),
        ("photo/00", None),
    ]


def test_other_datasets_and_folders_that_exist_are_refused(tmp_path, objects):
    with pytest.raises(InputError, match="holds objects, expected nerf_embeddings or image_embeddings"):
        export_embeddings(objects, objects, tmp_path / "out")
    with pytest.raises(InputError, match="exists, expected a new folder"):
        export_embeddings(objects, objects, objects)
