"""Profiles: the thesis profile holds the protocol's numbers, and applying one changes nothing else."""

from collections import Counter
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from published_items import items
from ruamel.yaml import YAML

from fieldlink.commands.apply_profile import apply_profile
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params, load
from fieldlink.scenes.splits import of_catalogue

pytestmark = pytest.mark.thesis

ROOT = Path(__file__).parent.parent
FOLDERS = {"scenes.folder", "scenes.splits", "photos.folder"}
TRAINING = 30_728  # objects, de-duplicated (see the test that counts them)

PROTOCOL: dict[str, Any] = {  # by section of the protocol
    # 1, 1.1, 1.2, 1.3
    "scenes.source": "disn",
    "scenes.split.train": 8,
    "scenes.split.validation": 1,
    "scenes.split.test": 1,
    "scenes.copies": 2,
    "scenes.leak": "official",
    "scenes.views": 36,
    "scenes.resolution": 224,
    "photos.source": "domainnet",
    "photos.validation_share": 0.0,
    "photos.resolution": 224,
    # 2
    "nerf.field.octaves": 24,
    "nerf.field.units": 64,
    "nerf.field.hidden_layers": 3,
    "nerf.field.outputs": 16,
    "nerf.start.kind": "random",
    "nerf.fitting.steps": 3000,
    "nerf.fitting.rays": 4096,
    "nerf.fitting.samples": 2**18 // 4096,
    "nerf.fitting.optimizer": "adam",
    "nerf.fitting.learning_rate": 1e-2,
    "nerf.fitting.schedule": "drops",
    "nerf.fitting.betas": (0.9, 0.999),
    "nerf.fitting.held_out": (),
    "nerf.fitting.pixels": "all",
    "nerf.fitting.sampling": "grid",
    "nerf.fitting.jitter": "rays",
    "nerf.fitting.occupancy": 96,
    "nerf.fitting.grid": "updates",
    "nerf.fitting.gate": 0.0,  # no gate is published; no PSNR is lower
    "nerf.fitting.least_occupied": 0.0,
    "nerf.rendering.step": pytest.approx(1.4 * sqrt(3) / 1024, abs=1e-6),
    "nerf.rendering.composited": "twice",
    # 3
    "nf2vec.layout": "official",
    "nf2vec.row_embedding": False,
    "nf2vec.supervision": "rays",
    "nf2vec.encoder": (512, 512, 1024, 1024),
    "nf2vec.embedding": 1024,
    "nf2vec.centred": False,
    "nf2vec.decoder": 1024,
    "nf2vec.training.steps": 501 * (3 * TRAINING // 16),
    "nf2vec.training.batch": 16,
    "nf2vec.training.rays": 512,
    "nf2vec.training.candidates": 55_000,
    "nf2vec.training.cameras": "own",
    "nf2vec.training.pixels": 224,
    "nf2vec.training.sampling": "march",
    "nf2vec.training.step": pytest.approx(1.4 * sqrt(3) / 1024, abs=1e-6),
    "nf2vec.training.most_points": 25_000,
    "nf2vec.training.points": 35_000 - 25_000,
    "nf2vec.training.background": "density",
    "nf2vec.training.composited": "twice",
    "nf2vec.training.learning_rate": 1e-4,
    "nf2vec.training.schedule": "constant",
    "nf2vec.training.weight_decay": 1e-2,
    "nf2vec.training.weight_noise": 0.0,
    "nf2vec.training.precision": "bfloat16",
    "nf2vec.training.validate_every": 10 * (3 * TRAINING // 16),
    "nf2vec.training.keep_best": True,
    # 4
    "clip.source": "open_clip",
    "clip.model": "ViT-B-32-quickgelu",
    "clip.pretrained": "openai",
    "zero_shot.views": (1, 2, 4, 8, 16, 36),
    # 5
    "mapper.hidden": (512, 768, 1024),
    "mapper.learning_rate": 1e-3,
    "mapper.weight_decay": 1e-2,
    "mapper.precision": "float32",
    "mapper.epochs": 100,
    "mapper.views_per_epoch": 36,
    "mapper.batch": 64,
    "mapper.batches": "fixed",
    "mapper.object_pairs": "several",
    "mapper.view_draws": "study",
    "mapper.validate_every": 5,
    # 6.2
    "retrieval.clip_gallery": "rendered",
    # 7
    "augmented.batches": (64, 128, 256, 512, 1024, 2048),
    "augmented.epochs": 100,
    "augmented.views_per_epoch": 36,
    # 8
    "embedding_spaces.perplexity": 30.0,
    "embedding_spaces.alphas": 11,
    "embedding_spaces.heads.hidden": (512, 256),
    "embedding_spaces.heads.biases": "all",
    "embedding_spaces.heads.dropout": 0.5,
    "embedding_spaces.heads.learning_rate": 1e-4,
    "embedding_spaces.heads.weight_decay": 1e-2,
    "embedding_spaces.heads.epochs": 150,
    "embedding_spaces.heads.batch": 256,
    "embedding_spaces.heads.validate_every": 5,
    "embedding_spaces.heads.tested": "last",
    # 9
    "syn2real.translator": "controlnet",
    "syn2real.views": 7,
    "syn2real.gt_views": "random",
    "syn2real.views_per_epoch": 14,
    "syn2real.controlnet.size": 512,
    "syn2real.controlnet.steps": 20,
    "syn2real.controlnet.precision": "float16",
    # 10
    "finetuning.epochs": 50,
    "finetuning.batch": 16,
    "finetuning.mapping_batch": 64,
    "finetuning.learning_rate": 1e-4,
    "finetuning.mapper_learning_rate": 1e-3,
    "finetuning.weight_decay": 1e-2,
    "finetuning.reconstruction": 1.0,
    "finetuning.batch_norm": "trained",
    # 12
    "generation.views": (0, 10, 20, 30),
    "generation.cells": 0,  # every sample
    "generation.step": pytest.approx(1.4 * sqrt(3) / 1024, abs=1e-6),
    # where it runs
    "runtime.device": "cuda",
    "runtime.workers": 1,
}


@pytest.fixture
def params_copy(tmp_path: Path) -> Path:
    path = tmp_path / "params.yaml"
    path.write_text((ROOT / "params.yaml").read_text())
    return path


@pytest.fixture
def thesis(params_copy: Path) -> Params:
    apply_profile("thesis", ROOT / "profiles", params_copy)
    return load(params_copy)


def flat(values: Any, prefix: str = "") -> dict[str, Any]:
    if not isinstance(values, dict):
        return {prefix: tuple(values) if isinstance(values, list) else values}
    flat_values: dict[str, Any] = {}
    for key, value in values.items():
        flat_values |= flat(value, f"{prefix}.{key}" if prefix else key)
    return flat_values


def of(params: Params, key: str) -> Any:
    value: Any = params
    for name in key.split("."):
        value = getattr(value, name)
    return value


def test_every_number_of_the_thesis_profile_is_the_protocols(thesis):
    overlay = flat(YAML(typ="safe").load((ROOT / "profiles/thesis.yaml").read_text()))
    assert overlay.keys() == PROTOCOL.keys() | FOLDERS
    assert {key: of(thesis, key) for key in PROTOCOL} == PROTOCOL


def test_the_networks_have_the_protocols_sizes(thesis):
    from fieldlink.nerf import weight_layout
    from fieldlink.nf2vec.weight_rows import rows

    assert weight_layout.size(thesis.nerf.field) == 18_432
    assert weight_layout.shapes(thesis.nerf.field) == [(64, 144), (64, 64), (64, 64), (16, 64)]
    import torch

    assert rows(torch.zeros(1, 18_432), thesis.nerf.field, thesis.nf2vec.layout).shape == (1, 336, 64)


def test_the_training_objects_are_as_many_as_the_profile_counts(thesis, real):
    from fieldlink.scenes import split_files

    published = split_files.read_split_files(real / "splits")
    synsets = {object_class.synset for object_class in thesis.classes.values()}
    lists = [path for path in (real / "splits/disn_filelists").glob("*.lst") if path.stem in synsets]
    ids = [model for path in lists for model in path.read_text().split() if model not in published.ambiguous]
    assert Counter(published.of(ids).values())["train"] == TRAINING


def test_the_large_world_has_about_as_many_test_objects_and_photos_as_published(params_copy):
    apply_profile("large", ROOT / "profiles", params_copy)
    large = load(params_copy)
    scenes, classes = large.scenes, len(large.classes)
    of_class = Counter(
        of_catalogue("chair", i, large.study.seed, scenes.split) for i in range(scenes.objects_per_class)
    )
    assert of_class == {"train": 48, "validation": 16, "test": 296}
    assert classes * of_class["test"] == pytest.approx(3_850, rel=0.01)
    assert classes * large.photos.per_class == pytest.approx(5_679, rel=0.01)
    assert len(set(large.mapper.seeds)) == 10


def test_the_protocols_items_are_numbered_and_the_profile_sets_each_to_what_is_not_ours(thesis):
    default = load(ROOT / "params.yaml")
    assert [item.number for item in items()] == list(range(1, len(items()) + 1))
    for item in items():
        assert item.parameter in PROTOCOL, item
        assert of(thesis, item.parameter) != of(default, item.parameter), item
        name = item.parameter.split(".")[-1]
        assert name in (ROOT / item.test).read_text(), item


def test_what_the_profile_does_not_name_stays_comments_and_layout_too(params_copy):
    before = params_copy.read_text().splitlines()
    apply_profile("thesis", ROOT / "profiles", params_copy)
    after = params_copy.read_text().splitlines()
    assert [line for line in after if not line.strip()] == [line for line in before if not line.strip()]

    def said(lines: list[str]) -> list[str]:
        return [line.partition("#")[2] for line in lines if "#" in line]

    assert said(after) == said(before)
    overlay = flat(YAML(typ="safe").load((ROOT / "profiles/thesis.yaml").read_text()))
    values = (flat(YAML(typ="safe").load("\n".join(lines))) for lines in (before, after))
    old, new = values
    assert old.keys() == new.keys()
    assert {key for key in old if old[key] != new[key]} <= overlay.keys()
    apply_profile("thesis", ROOT / "profiles", params_copy)
    assert params_copy.read_text().splitlines() == after


def test_an_empty_profile_changes_no_byte_and_overrides_work_on_top(params_copy, tmp_path):
    from dvc.utils.hydra import apply_overrides

    (tmp_path / "nothing.yaml").write_text("")
    before = params_copy.read_bytes()
    apply_profile("nothing", tmp_path, params_copy)
    assert params_copy.read_bytes() == before
    apply_overrides(params_copy, ["study.seed=5"])
    changed = [line for line in params_copy.read_bytes().splitlines() if line not in before.splitlines()]
    assert [line.split()[:2] for line in changed] == [[b"seed:", b"5"]]  # in the layout in which DVC writes the file
    assert len(params_copy.read_bytes().splitlines()) == len(before.splitlines())
    apply_profile("thesis", ROOT / "profiles", params_copy)
    apply_overrides(params_copy, ["nerf.fitting.steps=5"])
    assert (load(params_copy).nerf.fitting.steps, load(params_copy).nerf.fitting.rays) == (5, 4096)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nerf: {fitting: {step: 3}}", r"nerf\.fitting\.step: no key of params\.yaml"),
        ("nerf: {fitting: {steps: none}}", r"params\.yaml with .*bad\.yaml: nerf\.fitting\.steps: 'none' given"),
    ],
)
def test_a_profile_that_does_not_fit_is_named_and_nothing_written(params_copy, tmp_path, text, words):
    (tmp_path / "bad.yaml").write_text(text)
    before = params_copy.read_bytes()
    with pytest.raises(InputError, match=words):
        apply_profile("bad", tmp_path, params_copy)
    assert params_copy.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.yaml", "params.yaml"]
    with pytest.raises(InputError, match=r"thesi\.yaml: no such profile, expected one of large, thesis"):
        apply_profile("thesi", ROOT / "profiles", params_copy)
