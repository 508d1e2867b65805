"""Weights, grids and checkpoints in the forms that people have; what isn't one is named by its cause."""

import argparse
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from exchange.folders import CELLS, official
from exchange.networks import CHANGES, OfficialDecoder, OfficialEncoder, saved

from fieldlink.commands.import_nf2vec import import_nf2vec
from fieldlink.core import saved_models, tensor_files
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.exchange import nerf_import, official_nerfs
from fieldlink.exchange.official_nerfs import NerfFolder
from fieldlink.nerf.occupancy import unpack

BOX = torch.tensor([-0.7] * 3 + [0.7] * 3)
WEIGHTS = {
    "as it is": lambda tensor: {"mlp_base.params": tensor},
    "double": lambda tensor: {"mlp_base.params": tensor.double()},
    "parameter": lambda tensor: {"mlp_base.params": torch.nn.Parameter(tensor)},
    "wrapped": lambda tensor: {"epoch": 3, "state_dict": {"mlp_base.params": tensor}},
    "parallel": lambda tensor: {"module.mlp_base.params": tensor},
    "lightning": lambda tensor: {"state_dict": {"radiance_field.mlp_base.params": tensor}, "lr": [0.1]},
}
GRIDS = {
    "sparse": lambda grid: {"_binary": grid.to_sparse(), "_roi_aabb": BOX},
    "dense bytes": lambda grid: {"_binary": grid.byte(), "_roi_aabb": BOX},
    "nerfacc 0.5": lambda grid: {"binaries": grid[None], "aabbs": BOX[None]},
    "wrapped": lambda grid: {"state_dict": {"module.binaries": grid[None], "module.aabbs": BOX[None]}},
}


@pytest.mark.parametrize("old_file", [False, True])
@pytest.mark.parametrize(
    ("weights", "grid"), [*((name, "sparse") for name in WEIGHTS), *(("as it is", n) for n in GRIDS)]
)
def test_every_form_gives_the_same_weights_and_grid(tmp_path: Path, small, weights: str, grid: str, old_file: bool):
    tensors, params = official(tmp_path / "nerf", 1), load(small())
    for name, contents in (
        ("nerf_weights.pth", WEIGHTS[weights](torch.from_numpy(tensors["weights"]))),
        ("grid.pth", GRIDS[grid](torch.from_numpy(tensors["grid"]))),
    ):
        torch.save(contents, tmp_path / "nerf" / name, _use_new_zipfile_serialization=not old_file)
    settings = nerf_import.ImportSettings(params.nerf, 0, 8, "cpu")
    nerf = NerfFolder(tmp_path / "nerf", "02958343", "nerf", 0)
    rows = nerf_import.import_folders(nerf_import.ImportTask([nerf], settings))
    assert rows.rejected == {}
    assert np.array_equal(rows.columns["weights"], tensors["weights"][None])
    assert (unpack(rows.columns["occupancy"][0]).numpy() == tensors["grid"]).all()


def test_pictures_without_transparency_are_replaced_by_renders(tmp_path: Path):
    official(tmp_path / "nerf", 1)
    for file in (tmp_path / "nerf/train").iterdir():
        file.rename(file.with_suffix(".jpg"))
    assert official_nerfs.views_of(tmp_path / "nerf")[0] is None


def test_two_levels_of_a_grid_and_two_networks_are_refused():
    with pytest.raises(InputError, match=r"'_binary' of \(2, 12, 12, 12\) cells"):
        official_nerfs.occupancy_of({"binaries": np.ones((2, *[CELLS] * 3)), "aabbs": np.ones((2, 6))}, CELLS)
    both = {"model/mlp_base.params": np.ones(3), "ema/mlp_base.params": np.ones(3)}
    with pytest.raises(InputError, match=r"several tensors .* model/mlp_base\.params, ema/mlp_base\.params"):
        official_nerfs.weights_of(both, 3)


@pytest.mark.parametrize(
    ("contents", "cause"),
    [
        (b"", "empty file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 9\n", "Git LFS pointer, run git lfs pull"),
        (b"\n<!DOCTYPE html>\n<html>", "a web page"),
        (pickle.dumps({"path": Path("elsewhere")}), "not tensors alone: "),
        (b"PK\x03\x04 torn", "damaged or cut off"),
    ],
)
def test_a_cause_is_named_and_never_the_advice_to_switch_safety_off(tmp_path: Path, contents: bytes, cause: str):
    (tmp_path / "weights.pth").write_bytes(contents)
    (error,) = tensor_files.read([tmp_path / "weights.pth"])
    assert isinstance(error, InputError)
    assert cause in str(error)
    assert "weights_only" not in str(error)


def test_a_module_is_named_by_its_class(tmp_path: Path):
    torch.save(torch.nn.Linear(2, 2), tmp_path / "weights.pth")
    (error,) = tensor_files.read([tmp_path / "weights.pth"])
    assert "not tensors alone: torch.nn.modules.linear.Linear" in str(error)


def wrapped(state: dict) -> dict:
    return {"state_dict": {f"{part}.{name}": v for part in ("encoder", "decoder") for name, v in state[part].items()}}


def parallel(state: dict) -> dict:
    return {part: {f"module.{name}": v for name, v in state[part].items()} for part in ("encoder", "decoder")}


def with_records(state: dict) -> dict:
    return state | {"args": argparse.Namespace(lr=1e-4), "best_psnr": np.float64(25.4)}


@pytest.mark.parametrize("form", [wrapped, parallel, with_records])
def test_every_form_of_a_checkpoint_gives_the_same_model(tmp_path: Path, small, form):
    torch.manual_seed(0)
    file = saved(tmp_path / "500.pt", OfficialEncoder(), OfficialDecoder())
    import_nf2vec(file, tmp_path / "plain", small(nf2vec=CHANGES))
    torch.save(form(torch.load(file, weights_only=True)), tmp_path / "other.pt")
    import_nf2vec(tmp_path / "other.pt", tmp_path / "other", small(nf2vec=CHANGES))
    plain, other = (saved_models.read_model(tmp_path / name)[0] for name in ("plain", "other"))
    assert plain.keys() == other.keys()
    assert all(np.array_equal(plain[name], other[name]) for name in plain)


def test_a_checkpoint_without_a_decoder_is_named_with_what_it_has(tmp_path: Path, small):
    torch.save({"inr2vec_encoder": OfficialEncoder().state_dict()}, tmp_path / "500.pt")
    with pytest.raises(InputError, match=r"500\.pt: no decoder and no encoder, the file has inr2vec_encoder"):
        import_nf2vec(tmp_path / "500.pt", tmp_path / "out", small(nf2vec=CHANGES))
