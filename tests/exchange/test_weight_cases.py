"""The example weights of people's faults, through the command line: used, or set aside by their cause."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from exchange.networks import CHANGES

from fieldlink.core import datasets, saved_models
from fieldlink.core.schemas import NERFS, REJECTED

MAIN = "import sys; from fieldlink.commands.main import main; sys.exit(main())"
USED = (
    "plain",
    "half",
    "double",
    "legacy_pickle",
    "wrapped_state_dict",
    "module_prefix",
    "nerfacc_0.5_grid",
    "dense_bool_grid",
    "uint8_grid",
    "jpg_pictures",
    "appledouble",
)
CAUSES = {
    "lfs_pointer": "Git LFS pointer, run git lfs pull",
    "zero_bytes": "empty file",
    "whole_module": "not tensors alone: ",
    "truncated": "cut off",
    "trained_nan": "not finite",
    "no_grid": "grid.pth",
    "no_transforms": "transforms_train",
}
SAME_CHECKPOINT = ("half", "module_prefix", "state_dict_flat", "with_namespace")
OTHER_CHECKPOINT = {"encoder_key_inr": "inr2vec_encoder", "encoder_only": "the file has encoder"}


def fieldlink(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", MAIN, *map(str, words)], check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def imported(cases: Path, small, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("imported") / "out"
    folder, params = cases / "80-nerf-weights", small()
    done = fieldlink("import-nerfs", "--folder", folder, "--out", out, "--resolution", 16, "--params-file", params)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def reasons(imported) -> dict[str, str]:
    return {row["id"]: row["reason"] for row in datasets.read(imported / "rejected", REJECTED).to_pylist()}


def weights_in(contents: object) -> list[torch.Tensor]:
    """All tensors in dictionaries of any depth."""
    if isinstance(contents, torch.Tensor):
        return [contents]
    return [tensor for inner in contents.values() for tensor in weights_in(inner)] if isinstance(contents, dict) else []


def test_every_form_of_weights_is_read(imported, reasons, cases: Path):
    nerfs = {row["object_id"]: row for row in datasets.read(imported / "nerfs", NERFS).to_pylist()}
    assert {*USED} <= nerfs.keys(), reasons
    for name in USED:
        file = cases / f"80-nerf-weights/02958343/{name}/nerf_weights.pth"
        (weights,) = weights_in(torch.load(file, weights_only=True))
        assert np.array_equal(nerfs[name]["weights"], weights.float().numpy()), name


def test_the_rest_is_set_aside_by_its_cause(reasons, cases: Path):
    assert {name: reasons.get(name, "") for name, cause in CAUSES.items() if cause not in reasons.get(name, "")} == {}
    assert not any("weights_only" in reason or str(cases) in reason for reason in reasons.values())
    names = {folder.name for folder in (cases / "80-nerf-weights/02958343").iterdir()}
    assert names - {*USED} - reasons.keys() <= {"parameter_object"}  # holds the weights, so it is used


@pytest.mark.parametrize("name", SAME_CHECKPOINT)
def test_a_checkpoint_gives_the_model_of_the_plain_one(cases: Path, small, tmp_path: Path, name: str):
    params = small(nf2vec=CHANGES)
    models = []
    for checkpoint in ("plain", name):
        file = cases / f"86-nf2vec-checkpoints/{checkpoint}.pt"
        done = fieldlink("import-nf2vec", "--checkpoint", file, "--out", tmp_path / checkpoint, "--params-file", params)
        assert done.returncode == 0, done.stderr
        models.append(saved_models.read_model(tmp_path / checkpoint)[0])
    tolerance = 2e-3 if name == "half" else 0
    assert all(np.allclose(models[1][key], models[0][key], rtol=tolerance, atol=tolerance) for key in models[0])


@pytest.mark.parametrize("name", OTHER_CHECKPOINT)
def test_another_checkpoint_is_named_with_what_it_has(cases: Path, small, tmp_path: Path, name: str):
    file = cases / f"86-nf2vec-checkpoints/{name}.pt"
    params = small(nf2vec=CHANGES)
    done = fieldlink("import-nf2vec", "--checkpoint", file, "--out", tmp_path / "out", "--params-file", params)
    assert done.returncode != 0
    assert OTHER_CHECKPOINT[name] in done.stderr
    assert "expected" in done.stderr
    assert "Traceback" not in done.stderr
