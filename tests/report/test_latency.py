"""Both ways of naming a NeRF's class do what they say; how long they take is for the page."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from ruamel.yaml import YAML

from fieldlink.clip import small_clip
from fieldlink.core import datasets, saved_models, schemas
from fieldlink.core.params import load
from fieldlink.nerf.field import xavier
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.report.latency import median_times, nearest_prompt
from fieldlink.report.speed import FROM_WEIGHTS, NamingSpeed
from fieldlink.scenes import cameras
from fieldlink.scenes.views import Views, columns
from stages.report.measure_speed import measure_speed

ROOT = Path(__file__).parent.parent.parent


def test_nearest_is_the_prompt_of_the_largest_cosine_whatever_the_lengths():
    texts = torch.tensor([[100.0, 0], [0, 0.01], [-1, -1]])
    assert nearest_prompt(torch.tensor([[0.1, 0.2]]), texts) == 1
    assert nearest_prompt(torch.tensor([[9.0, 8.0]]), texts) == 0


def test_each_way_runs_once_unmeasured_and_then_as_often_as_said():
    calls = {"slow": 0, "fast": 0}

    def way(name: str) -> None:
        calls[name] += 1

    speed = median_times({name: lambda name=name: way(name) for name in calls}, "cpu", repetitions=3)
    assert calls == {"slow": 4, "fast": 4}
    assert set(speed.milliseconds) == set(calls)
    assert "thread" in speed.device


def test_factors_are_relative_to_the_weights():
    speed = NamingSpeed({FROM_WEIGHTS: 2.0, "by rendering 1 view": 30.0}, 7, "test")
    assert [(ms, factor) for _, ms, factor in speed.rows] == [("2", "1"), ("30", "15")]


@pytest.fixture
def params_file(tmp_path: Path) -> Path:
    yaml, path = YAML(), tmp_path / "params.yaml"
    values = yaml.load(ROOT / "params.yaml")
    values["clip"]["network"].update(resolution=32, width=8, embedding=16, text_width=32, text_layers=1, context=16)
    values["nerf"]["fitting"]["occupancy"] = 8
    yaml.dump(values, path)
    return path


def test_measure_speed_times_the_weights_and_each_number_of_views_there_is(tmp_path: Path, params_file: Path):
    params = load(params_file)
    model = Nf2vecModel(params.nf2vec, params.nerf.field, 0)
    saved_models.write_model(tmp_path / "nf2vec", model.tensors, model.config)
    network = small_clip.build(params.clip.network, 0)
    small_clip.save(tmp_path / "clip", network, params.clip.network)
    views = Views(np.zeros((5, 32, 32, 4), np.uint8), cameras.disn_poses(0, 5), cameras.DISN_ANGLE)
    nerf = {"object_id": ["a"], "weights": xavier(params.nerf.field, 0)[None].numpy(), "occupancy": [b"\xff" * 64]}
    psnr = {name: [30.0] for name in schemas.NERFS.columns if name.startswith("psnr")}
    texts = {
        "template": ["prompt_photo"] * 2,
        "class_name": ["car", "lamp"],
        "prompt": ["A photo of a car", "A photo of a lamp"],
        "embedding": np.eye(2, 16),
    }
    for name, schema, rows in (
        ("views", schemas.VIEWS, columns("a", views)),
        ("nerfs", schemas.NERFS, nerf | psnr),
        ("prompts", schemas.PROMPT_EMBEDDINGS, texts),
    ):
        datasets.write(tmp_path / name, schema, [datasets.table(schema, rows)], "test")
    inputs = {name: tmp_path / name for name in ("views", "nerfs", "nf2vec", "clip", "prompts")}
    measure_speed(**inputs, out=tmp_path / "speed.json", params_file=params_file)
    naming = NamingSpeed(**json.loads((tmp_path / "speed.json").read_text()))
    assert list(naming.milliseconds) == [FROM_WEIGHTS, "by rendering 1 view", "by rendering 4 views"]
    assert min(naming.milliseconds.values()) > 0
