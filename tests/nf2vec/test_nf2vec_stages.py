import json
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from fieldlink.core import datasets, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, Nf2vecParams, Params
from fieldlink.nerf.nerf_batches import NerfBatch
from stages.backbone.embed_nerfs import embed_nerfs
from stages.backbone.train_nf2vec import train_nf2vec
from stages.models.evaluate_nf2vec import evaluate_nf2vec

SPLITS = ["train", "train", "train", "validation", "test", "test", "test"]


@pytest.fixture
def small(params: Params, nf2vec_params: Nf2vecParams, architecture: FieldParams) -> Params:
    field = params.nerf.model_copy(update={"field": architecture})
    return params.model_copy(update={"nf2vec": nf2vec_params, "nerf": field})


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: Params, nerfs: NerfBatch) -> Path:
    """A folder with params.yaml, objects and nerfs; object 2 is a copy of object 1."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    with Path("params.yaml").open("w") as file:
        YAML().dump(small.model_dump(mode="json"), file)
    ids = [f"object-{number}" for number in range(7)]
    objects = {
        "object_id": ids,
        "class_name": ["car", "car", "car", "chair", "car", "chair", "chair"],
        "synset": ["02958343"] * 7,
        "split": SPLITS,
        "source": ["catalogue"] * 7,
        "base_object_id": [ids[0], ids[1], ids[1], *ids[3:]],
        "augmentation": [0, 0, 1, 0, 0, 0, 0],
        "caption": [None] * 7,
    }
    quality = [name for name in schemas.NERFS.columns if name.startswith("psnr")]
    fitted = {
        "object_id": ids,
        "weights": nerfs.weights.numpy(),
        "occupancy": [bytes(row) for row in nerfs.occupancy.numpy()],
        **{name: [25.0] * 7 for name in quality},
    }
    datasets.write(Path("objects"), schemas.OBJECTS, [datasets.table(schemas.OBJECTS, objects)], "test")
    datasets.write(Path("nerfs"), schemas.NERFS, [datasets.table(schemas.NERFS, fitted)], "test")
    return tmp_path


def trained(out: str = "nf2vec") -> Path:
    train_nf2vec(Path("objects"), Path("nerfs"), Path("views"), Path(out), Path("curves"))
    return Path(out)


@pytest.mark.usefixtures("workplace")
def test_train_embed_and_evaluate_give_what_the_next_stages_read():
    model = trained()
    embed_nerfs(Path("nerfs"), model, Path("embeddings"))
    evaluate_nf2vec(objects=Path("objects"), nerfs=Path("nerfs"), nf2vec=model, metrics=Path("reports/nf2vec.json"))
    rows = datasets.read(Path("embeddings"), schemas.NERF_EMBEDDINGS)
    assert rows["object_id"].to_pylist() == [f"object-{number}" for number in range(7)]
    assert len(np.unique(datasets.matrix(rows["embedding"]), axis=0)) == 7
    curves = datasets.read(Path("curves"), schemas.TRAINING_CURVES).to_pydict()
    assert curves["step"] == [5, 5, 10, 10, 12, 12]
    assert curves["split"] == ["train", "validation"] * 3
    metrics = json.loads(Path("reports/nf2vec.json").read_text())
    assert metrics["objects"] == 3
    assert all(0 <= metrics[f"rank_1_{space}"] <= 100 for space in ("trained", "untrained", "raw_weights"))


@pytest.mark.usefixtures("workplace")
def test_a_training_killed_after_some_steps_is_taken_up_from_its_file(monkeypatch: pytest.MonkeyPatch):
    from fieldlink.core import checkpoints

    whole = trained("whole")
    write_if_due, steps = checkpoints.Checkpoint.write_if_due, []

    def counted(self, state):
        self.seconds = 0
        write_if_due(self, state)
        steps.append(1)
        if len(steps) == 7:
            raise KeyboardInterrupt

    monkeypatch.setattr(checkpoints.Checkpoint, "write_if_due", counted)
    with pytest.raises(KeyboardInterrupt):
        trained("resumed")
    assert not Path("resumed").exists()
    trained("resumed")
    assert len(steps) == 12
    assert (whole / "model.safetensors").read_bytes() == Path("resumed/model.safetensors").read_bytes()
    assert not list(Path("scratch").glob("train_nf2vec/*"))


@pytest.mark.usefixtures("workplace")
def test_nerfs_of_another_size_than_nf2vec_was_trained_on_are_an_error_that_says_both():
    model = trained()
    rows = datasets.read(Path("nerfs"), schemas.NERFS)
    columns = {name: rows[name].to_pylist() for name in rows.column_names}
    columns["weights"] = np.zeros((7, 99), np.float32)
    datasets.write(Path("others"), schemas.NERFS, [datasets.table(schemas.NERFS, columns)], "test")
    with pytest.raises(InputError, match=r"others: 'weights' has 99 numbers a row, nf2vec was trained on 504"):
        embed_nerfs(Path("others"), model, Path("embeddings"))
    with pytest.raises(InputError, match=r"99 numbers a row, nerf.field describes 504"):
        train_nf2vec(Path("objects"), Path("others"), Path("views"), Path("out"), Path("curves"))


@pytest.mark.usefixtures("workplace")
def test_a_split_without_nerfs_is_an_error_that_names_it():
    rows = datasets.read(Path("nerfs"), schemas.NERFS)
    datasets.write(Path("few"), schemas.NERFS, [rows.slice(0, 3)], "test")
    with pytest.raises(InputError, match="few: no NeRF of an object of split validation in objects"):
        train_nf2vec(Path("objects"), Path("few"), Path("views"), Path("out"), Path("curves"))
