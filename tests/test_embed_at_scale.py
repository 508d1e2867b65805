"""The embedding stages: killed, grown, short of memory, in another precision."""

from pathlib import Path

import numpy as np
import pytest
import torch

from fieldlink.clip import picture_work as clip_jobs
from fieldlink.clip.encoders import ClipEncoder
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import FieldParams, Params
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, NERF_EMBEDDINGS, NERFS, PHOTOS
from fieldlink.nerf.field import xavier
from fieldlink.nerf.weight_layout import size
from fieldlink.nf2vec import embedding_work as nf2vec_jobs
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.scenes import pictures
from stages.backbone.embed_images import embed_images
from stages.backbone.embed_nerfs import embed_nerfs

pytestmark = pytest.mark.thesis

FIELD = FieldParams(encoding="frequency", octaves=4, units=12, hidden_layers=2, outputs=6)


@pytest.fixture
def nf2vec(tmp_path: Path, params: Params) -> Path:
    nf2vec_params = params.nf2vec.model_copy(update={"encoder": (16,), "embedding": 8, "decoder": 8})
    model = Nf2vecModel(nf2vec_params, FIELD, seed=0)
    saved_models.write_model(tmp_path / "nf2vec", model.tensors, model.config)
    return tmp_path / "nf2vec"


def write_photos(folder: Path, ids: str) -> Path:
    noise = {name: np.random.default_rng(ord(name)).integers(0, 256, (32, 32, 3), np.uint8) for name in ids}
    columns = {"photo_id": list(ids), "image": [pictures.encode(noise[name]) for name in ids]}
    columns |= {name: ["test"] * len(ids) for name in ("class_name", "split", "source")}
    datasets.write(folder, PHOTOS, [datasets.table(PHOTOS, columns)], "test")
    return folder


def write_nerfs(folder: Path, ids: str) -> Path:
    noise = [torch.Generator().manual_seed(ord(name)) for name in ids]
    weights = [(xavier(FIELD, 0) + 0.3 * torch.randn(size(FIELD), generator=source)).numpy() for source in noise]
    columns = {"object_id": list(ids), "weights": np.stack(weights), "occupancy": [b"\1"] * len(ids)}
    columns |= {name: [25.0] * len(ids) for name in NERFS.columns if name.startswith("psnr")}
    datasets.write(folder, NERFS, [datasets.table(NERFS, columns)], "test")
    return folder


@pytest.fixture(params=["pictures", "nerfs"])
def stage(request, tmp_path, params_with, tiny_clip, nf2vec, monkeypatch):
    """A function that embeds items of some ids in chunks of two, and the list of chunks that were worked on."""
    path, worked = params_with({"clip.batch": 2, "runtime.nerfs_at_once": 2, "runtime.workers": 1}), []
    monkeypatch.setattr("stages.backbone.embed_images.PHOTOS_PER_CHUNK", 2)
    monkeypatch.setattr("stages.backbone.embed_nerfs.CHUNK", 2)
    module, name, column = {
        "pictures": (clip_jobs, "embed_pictures", "photo_id"),
        "nerfs": (nf2vec_jobs, "embed_nerfs", "object_id"),
    }[request.param]
    real = getattr(module, name)

    def counted(job):
        rows = job.rows if request.param == "pictures" else job.nerfs
        worked.append("".join(rows[column].to_pylist()))
        return real(job)

    monkeypatch.setattr(module, name, counted)

    def embedded(ids: str, out: str) -> dict[str, np.ndarray]:
        if request.param == "pictures":
            embed_images((write_photos(tmp_path / "photos", ids),), tiny_clip, tmp_path / out, path)
            rows, key = datasets.read(tmp_path / out / "photos", IMAGE_EMBEDDINGS), "owner_id"
        else:
            embed_nerfs(write_nerfs(tmp_path / "nerfs", ids), nf2vec, tmp_path / out, path)
            rows, key = datasets.read(tmp_path / out, NERF_EMBEDDINGS), "object_id"
        return dict(zip(rows[key].to_pylist(), datasets.matrix(rows["embedding"]), strict=True))

    return embedded, worked


def test_growth_embeds_only_what_is_new(stage):
    embedded, worked = stage
    before = embedded("bdf", "out")
    assert worked == ["bd", "f"]
    after = embedded("abcdf", "out")
    assert worked == ["bd", "f", "ac"]
    assert sorted(after) == list("abcdf")
    assert all(np.array_equal(after[name], vector) for name, vector in before.items())


def test_killed_in_the_middle_it_goes_on_and_ends_with_the_same_numbers(stage, tmp_path, monkeypatch):
    embedded, worked = stage
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "other"))
    whole = embedded("abcdef", "whole")
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))

    worked.clear()
    with monkeypatch.context() as patch:
        write = datasets.write_shard

        def failing(*arguments, **keywords):
            if len(worked) == 2:
                raise KeyboardInterrupt  # before the second chunk is written
            write(*arguments, **keywords)

        patch.setattr(datasets, "write_shard", failing)
        with pytest.raises(KeyboardInterrupt):
            embedded("abcdef", "resumed")
    assert not (tmp_path / "resumed").exists()
    resumed = embedded("abcdef", "resumed")
    assert worked == ["ab", "cd", "cd", "ef"]
    assert all(np.array_equal(resumed[name], vector) for name, vector in whole.items())


def test_pictures_are_all_embedded_though_memory_runs_out(tmp_path, params_with, tiny_clip, monkeypatch):
    photos = write_photos(tmp_path / "photos", "abcdefg")
    embed_images((photos,), tiny_clip, tmp_path / "whole", params_with({"runtime.workers": 1}))
    images, sizes = ClipEncoder.images, []

    def short_of_memory(self, inputs, batch):
        sizes.append(len(inputs))
        if len(inputs) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return images(self, inputs, batch)

    monkeypatch.setattr(ClipEncoder, "images", short_of_memory)
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "other"))
    embed_images((photos,), tiny_clip, tmp_path / "short", params_with({"runtime.workers": 1}))
    assert sizes == [7, 3, 1, 1, 1, 1, 1, 1, 1]
    result, whole = (datasets.read(tmp_path / name / "photos", IMAGE_EMBEDDINGS) for name in ("short", "whole"))
    assert result["owner_id"].to_pylist() == list("abcdefg")
    np.testing.assert_allclose(*(datasets.matrix(rows["embedding"]) for rows in (result, whole)), atol=1e-5)


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_gives_almost_the_same_directions_as_float32(
    tmp_path, params_with, tiny_clip, nf2vec, precision
):
    photos, nerfs = write_photos(tmp_path / "photos", "abc"), write_nerfs(tmp_path / "nerfs", "abc")
    result = {}
    for name in ("float32", precision):
        params = params_with({"runtime.precision": name})
        embed_images((photos,), tiny_clip, tmp_path / "pictures", params)
        embed_nerfs(nerfs, nf2vec, tmp_path / "vectors", params)
        parts = (("pictures/photos", IMAGE_EMBEDDINGS), ("vectors", NERF_EMBEDDINGS))
        result[name] = [datasets.matrix(datasets.read(tmp_path / of, schema)["embedding"]) for of, schema in parts]
    for exact, rough in zip(result["float32"], result[precision], strict=True):
        assert not np.array_equal(exact, rough)
        cosines = (exact * rough).sum(1) / np.linalg.norm(exact, axis=1) / np.linalg.norm(rough, axis=1)
        assert cosines.min() > 0.999
