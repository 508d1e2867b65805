"""NeRFs of the official code: read as they are, or refused by name."""

import json

import numpy as np
import pytest
import torch
from exchange.folders import FIELD, SYNSETS, official
from exchange.imported_folders import BAD, CAR, CHAIR

from fieldlink.commands import import_nerfs as command
from fieldlink.commands.import_nerfs import import_nerfs
from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.schemas import NERFS, OBJECTS, REJECTED
from fieldlink.core.schemas import VIEWS as VIEWS_OF
from fieldlink.exchange import nerf_import
from fieldlink.nerf.object_cameras import read_cameras
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.rendering import Camera, render

pytestmark = pytest.mark.thesis


def test_weights_grid_poses_and_pictures_arrive_bit_for_bit(world):
    assert world.rows.keys() == world.official_tensors.keys() == world.objects.keys() == world.views.keys()
    for name, tensors in world.official_tensors.items():
        row, views_of_object = world.rows[name], world.views[name]
        assert np.asarray(row["weights"], np.float32).tobytes() == tensors["weights"].tobytes()
        assert (unpack(row["occupancy"]).numpy() == tensors["grid"]).all()
        assert (views_of_object.camera_to_world == tensors["poses"]).all()
        if name != "bare":
            assert (views_of_object.image == tensors["images"]).all()
            assert np.isfinite([row["psnr_train"], row["psnr_train_foreground"]]).all()
        assert np.isnan(row["psnr_heldout"])


def test_without_pictures_the_views_are_the_nerfs_own_renders(world, small):
    tensors, nerf_params = world.official_tensors["bare"], load(small()).nerf
    weights, grid = torch.from_numpy(tensors["weights"]), torch.from_numpy(tensors["grid"])
    camera = Camera(0.8575560450553894, 24, 24)
    colour, opacity = render(weights, grid, tensors["poses"], camera, nerf_params.rendering, FIELD)
    image = world.views["bare"].image / 255
    assert opacity.max() > 0.2
    assert image[..., 3] == pytest.approx(opacity.numpy(), abs=0.003)
    assert image[..., :3] * image[..., 3:] == pytest.approx(colour.numpy(), abs=0.006)
    assert np.isnan(world.rows["bare"]["psnr_train"])


def test_copies_know_their_original_and_ids_in_two_classes_are_dropped_with_theirs(world):
    for name, row in world.objects.items():
        base, _, copy = name.partition(".a")
        origin = row["base_object_id"], row["augmentation"], row["source"]
        assert origin == (base, int(copy or 0), "nerfs")
        assert (row["class_name"], row["synset"]) == (("chair", CHAIR) if base.startswith(CHAIR) else ("car", CAR))
    assert world.rejected["two"] == world.rejected["two.a2"] == "in 2 classes: 02958343, 03001627"
    assert "phone" not in world.objects


def test_a_nerf_that_cannot_be_used_is_set_aside_with_its_reason_and_no_code_of_it_runs(world):
    words = {
        "code": "nerf_weights.pth: not tensors alone: ",
        "short": "nerf_weights.pth: (7,) numbers, nerf.field describes 248",
        "nan": "weights that are not finite",
        "cells": "'_binary' of (5, 5, 5) cells, nerf.fitting.occupancy says 12 per axis",
        "box": "'_roi_aabb' is",
        "torn": "grid.pth: ",
        "huge": "_binary has 1,000,000,000,000 numbers",
        "poses": "transforms_train_compressed.json: frames: ",
        "turned": "transform_matrix is no rotation",
        "lost": "01.png: missing",
        "pipe": "grid.pth: a folder, FIFO or device, expected a file",
        "pipe2": "00.png: a FIFO, expected a file",
        "page": "00.png: no picture but a web page",
        "gone": "nerf_weights.pth: no such file",
    }
    (no_id,) = set(world.rejected) - {"two", "two.a2", *BAD}
    assert no_id.startswith("no_id_-")
    assert world.rejected[no_id].startswith(f"data_TRAINED/{CAR}/no id!: 'no id!' can't be an id, expected 1 to 128")
    for name, reason in words.items():
        assert reason in world.rejected[name], name
        assert world.rejected[name].startswith(f"{world.bad(name).relative_to(world.folder)}")  # wherever it lies
    assert not (world.folder.parent / "canary").exists()


def test_a_camera_file_that_is_not_compressed_gives_the_same_rows_and_is_what_nf2vec_draws_rays_from(
    tmp_path, small, monkeypatch
):
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    for suffix in ("", "_compressed"):
        for number, synset in enumerate(SYNSETS):
            folder = tmp_path / f"in{suffix}" / "data_TRAINED" / synset / f"n{number}"
            tensors = official(folder, number, suffix=suffix)
        camera_file = folder / f"transforms_train{suffix}.json"
        frames = json.loads(camera_file.read_text())
        camera_file.write_text(json.dumps(frames, indent=4))  # with lines, as the official one has
        import_nerfs(tmp_path / f"in{suffix}", tmp_path / f"out{suffix}", params_file=small())
    for name, schema in (("nerfs", NERFS), ("views", VIEWS_OF), ("objects", OBJECTS)):
        plain, compressed = (datasets.read(tmp_path / f"out{suffix}" / name, schema) for suffix in ("", "_compressed"))
        assert datasets.rows_digest(plain) == datasets.rows_digest(compressed)  # NaN is NaN
    cameras = read_cameras(tmp_path / "out/views", ["n1"])
    assert (cameras.poses.numpy() == tensors["poses"]).all()


def test_a_killed_import_goes_on_where_it_was_and_ends_with_the_same_rows(world, tmp_path, small, monkeypatch):
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    monkeypatch.setattr(command, "CHUNK", 4)
    read, imported_ids = nerf_import.import_folders, []

    def killed_at_the_third(task: nerf_import.ImportTask):
        imported_ids.append([nerf.object_id for nerf in task.nerfs])
        if len(imported_ids) == 3:
            raise KeyboardInterrupt
        return read(task)

    monkeypatch.setattr(nerf_import, "import_folders", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        import_nerfs(world.folder, tmp_path / "out", resolution=24, params_file=small())
    assert not (tmp_path / "out").exists()
    import_nerfs(world.folder, tmp_path / "out", resolution=24, params_file=small())
    assert imported_ids[3] == imported_ids[2]
    for name, schema in (("objects", OBJECTS), ("views", VIEWS_OF), ("nerfs", NERFS), ("rejected", REJECTED)):
        again = datasets.read(tmp_path / "out" / name, schema)
        assert datasets.rows_digest(again) == datasets.rows_digest(world.read(name, schema))


def test_a_folder_without_nerfs_and_an_unknown_synset_are_errors_that_name_the_layout(tmp_path, small):
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError, match=r"no \[data_TRAINED/\]<synset>/<model id>/nerf_weights\.pth"):
        import_nerfs(tmp_path / "in", tmp_path / "out", params_file=small())
    official(tmp_path / "in/99999999/abc", 0)
    with pytest.raises(InputError, match="synset 99999999 is no class"):
        import_nerfs(tmp_path / "in", tmp_path / "out", params_file=small())
    assert not (tmp_path / "out").exists()


def test_nerfs_of_other_classes_are_left_out_and_counted(world, tmp_path, small, capsys):
    params = small(classes={"car": {"synset": CAR, "noun": "a car"}, "lamp": {"synset": "03636649", "noun": "a lamp"}})
    import_nerfs(world.folder, tmp_path / "out", resolution=24, params_file=params)
    rows = datasets.read(tmp_path / "out/objects", OBJECTS)
    cars = {name for name, row in world.objects.items() if row["class_name"] == "car"}
    assert set(rows["object_id"].to_pylist()) == cars | {"two", "two.a2"}  # of one class now
    assert "import_nerfs: 7 of" in capsys.readouterr().err  # three chairs, a copy of each, a phone
