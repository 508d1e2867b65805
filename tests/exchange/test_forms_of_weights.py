"""Weights, grids and checkpoints in the forms that people have; what isn't one is named by its cause."""

import argparse
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from exchange.folders import CELLS, official
from exchange.networks import CHANGES, OfficialDecoder, OfficialEncoder, saved
from safetensors.torch import save_file

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
def test_every_form_gives_the_same_weights_and_grid(tmp_path: Path, small, old_file: bool):
    params, folders = load(small()), []
    forms = [*((name, "sparse") for name in WEIGHTS), *(("as it is", name) for name in GRIDS)]
    for number, (weights, grid) in enumerate(forms):
        folder = tmp_path / f"nerf{number}"
        tensors = official(folder, 1)
        folders.append(NerfFolder(folder, "02958343", folder.name, 0))
        for name, contents in (
            ("nerf_weights.pth", WEIGHTS[weights](torch.from_numpy(tensors["weights"]))),
            ("grid.pth", GRIDS[grid](torch.from_numpy(tensors["grid"]))),
        ):
            torch.save(contents, folder / name, _use_new_zipfile_serialization=not old_file)
    settings = nerf_import.ImportSettings(params.nerf, 0, 8, "cpu")
    rows = nerf_import.import_folders(nerf_import.ImportTask(folders, settings))
    assert rows.rejected == {}
    assert len(rows.columns["weights"]) == len(forms)
    for number, form in enumerate(forms):
        assert np.array_equal(rows.columns["weights"][number], tensors["weights"]), form
        assert (unpack(rows.columns["occupancy"][number]).numpy() == tensors["grid"]).all(), form


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


@pytest.mark.parametrize("grid", [0.0, 1e-7, 0.5, 2, -1, np.nan])
def test_a_grid_of_other_values_than_0_and_1_or_without_a_cell_is_refused(grid):
    box, cells = np.array([-0.7] * 3 + [0.7] * 3), np.zeros([CELLS] * 3)
    cells[0, 0, 0] = 1
    assert official_nerfs.occupancy_of({"_binary": cells, "_roi_aabb": box}, CELLS)
    cells[0, 0, 0] = grid
    with pytest.raises(InputError, match=r"'_binary' has values from .*, expected 0 and 1, and a cell that is 1"):
        official_nerfs.occupancy_of({"_binary": cells, "_roi_aabb": box}, CELLS)


def test_weights_that_are_no_floats_and_a_tensor_without_a_name_are_refused():
    for kind in (np.int32, np.bool_):
        with pytest.raises(InputError, match=f"numbers of type {np.dtype(kind)}, expected floats"):
            official_nerfs.weights_of({"mlp_base.params": np.ones(3, kind)}, 3)
    with pytest.raises(InputError, match=r"no 'mlp_base\.params', found one without a name"):
        official_nerfs.weights_of({"": np.ones(3)}, 3)


def test_numbers_of_every_real_kind_are_read_and_a_file_of_others_takes_none_with_it(tmp_path: Path):
    files = []
    for kind in ("float8_e4m3fn", "float8_e5m2", "bfloat16", "float16", "float64", "uint16"):
        stored = {"a": torch.tensor([0, 1, 2]).to(getattr(torch, kind))}
        torch.save(stored, tmp_path / f"{kind}.pth")
        save_file(stored, tmp_path / f"{kind}.safetensors")
        files += [tmp_path / f"{kind}.pth", tmp_path / f"{kind}.safetensors"]
    torch.save({"a": torch.ones(3, dtype=torch.complex64)}, tmp_path / "complex.pth")
    refused, *read = tensor_files.read([tmp_path / "complex.pth", *files])
    assert [tensors["a"].tolist() for tensors in read] == [[0, 1, 2]] * len(files)
    assert str(refused).endswith("complex.pth: a has complex numbers, expected real ones")


def test_tensors_come_in_the_order_of_their_names(tmp_path: Path):
    names = [f"layer.{number}" for number in range(30)]
    torch.save({name: torch.ones(1) for name in reversed(names)}, tmp_path / "a.pth")
    (tensors,) = tensor_files.read([tmp_path / "a.pth"])
    assert list(tensors) == sorted(names)


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
    with pytest.raises(InputError, match=r"500\.pt: no decoder and no encoder: the file has inr2vec_encoder"):
        import_nf2vec(tmp_path / "500.pt", tmp_path / "out", small(nf2vec=CHANGES))
