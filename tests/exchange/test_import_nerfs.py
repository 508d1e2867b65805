"""NeRFs of the official code: read as they are, refused by name, exported again bit for bit."""

import json
import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from exchange.folders import CELLS, FIELD, SYNSETS, VIEWS, official

from fieldlink.commands import import_nerfs as command
from fieldlink.commands.export_nerfs import export_nerfs
from fieldlink.commands.import_nerfs import import_nerfs
from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.schemas import NERFS, OBJECTS, REJECTED, Schema
from fieldlink.core.schemas import VIEWS as VIEWS_OF
from fieldlink.exchange import nerf_import
from fieldlink.nerf.object_cameras import read_cameras
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.rendering import Camera, render
from fieldlink.scenes import views
from fieldlink.scenes.importers import imported_nerfs
from stages.backbone.fit_nerfs import fit_nerfs
from stages.backbone.prepare_scenes import prepare_scenes

pytestmark = pytest.mark.thesis

CAR, CHAIR = SYNSETS
BAD = (
    "code",
    "short",
    "nan",
    "cells",
    "box",
    "torn",
    "huge",
    "poses",
    "turned",
    "lost",
    "pipe",
    "pipe2",
    "page",
    "gone",
)


class Canary:
    """A pickle that writes a file when it is opened by a careless reader."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


class World:
    """Official folders, good and bad, imported once."""

    def __init__(self, folder: Path, params: Path) -> None:
        self.folder, self.out = folder / "in", folder / "out"
        self.official_tensors = {}
        for synset in SYNSETS:
            for number in range(3):
                name = f"{synset}n{number}"
                self.official_tensors[name] = official(self.folder / "data_TRAINED" / synset / name, number)
                self.official_tensors[f"{name}.a1"] = official(
                    self.folder / "data_TRAINED_A1" / synset / f"{name}_A1", 9 + number
                )
            official(self.folder / "data_TRAINED" / synset / "two", 7)
        official(self.folder / "data_TRAINED_A2" / CAR / "two_A2", 8)
        official(self.folder / "data_TRAINED" / "02992529" / "phone", 9)  # no class of the study
        bare = self.folder / "data_TRAINED" / CAR / "bare"
        self.official_tensors["bare"] = official(bare, 5, suffix="", with_pictures=False)
        self._write_bad(folder / "canary")
        import_nerfs(self.folder, self.out, resolution=24, params_file=params)
        self.rows = {row["object_id"]: row for row in self.read("nerfs", NERFS).to_pylist()}
        self.views = {name: views.of_rows(of) for name, of in views.by_object(self.read("views", VIEWS_OF)).items()}
        self.objects = {row["object_id"]: row for row in self.read("objects", OBJECTS).to_pylist()}
        self.rejected = {row["id"]: row["reason"] for row in self.read("rejected", REJECTED).to_pylist()}

    def read(self, name: str, schema: Schema):
        return datasets.read(self.out / name, schema)

    def bad(self, name: str) -> Path:
        return self.folder / "data_TRAINED" / CAR / name

    def _write_bad(self, canary: Path) -> None:
        for seed, name in enumerate(BAD):
            official(self.bad(name), seed)
        (self.bad("code") / "nerf_weights.pth").write_bytes(pickle.dumps(Canary(canary)))
        torch.save({"mlp_base.params": torch.ones(7)}, self.bad("short") / "nerf_weights.pth")
        weights = torch.load(self.bad("nan") / "nerf_weights.pth", weights_only=True)["mlp_base.params"]
        torch.save({"mlp_base.params": weights * torch.nan}, self.bad("nan") / "nerf_weights.pth")
        grid = torch.load(self.bad("cells") / "grid.pth", weights_only=True)
        few = torch.ones(5, 5, 5, dtype=torch.bool).to_sparse()
        huge = torch.sparse_coo_tensor(torch.zeros(3, 1, dtype=torch.long), torch.ones(1), (10_000, 10_000, 10_000))
        torch.save(grid | {"_binary": few}, self.bad("cells") / "grid.pth")
        torch.save(grid | {"_binary": huge}, self.bad("huge") / "grid.pth")
        torch.save(grid | {"_roi_aabb": 2 * grid["_roi_aabb"]}, self.bad("box") / "grid.pth")
        (self.bad("torn") / "grid.pth").write_bytes((self.bad("torn") / "grid.pth").read_bytes()[:200])
        frame = {"transform_matrix": [[2.0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]}
        for name, frames in (("poses", []), ("turned", [frame])):
            text = json.dumps({"camera_angle_x": 0.8, "frames": frames})
            (self.bad(name) / "transforms_train_compressed.json").write_text(text)
        (self.bad("lost") / "train/01.png").unlink()
        for pipe in (self.bad("pipe") / "grid.pth", self.bad("pipe2") / "train/00.png"):
            pipe.unlink()
            os.mkfifo(pipe)
        (self.bad("page") / "train/00.png").write_text("<html>")
        (self.bad("gone") / "nerf_weights.pth").unlink()
        official(self.bad("no id!"), 0)


@pytest.fixture(scope="module")
def world(tmp_path_factory, small) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDLINK_SCRATCH", str(tmp_path_factory.mktemp("scratch")))
        yield World(tmp_path_factory.mktemp("official"), small())


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


def test_what_is_exported_is_what_the_official_code_wrote_and_is_imported_again_bit_for_bit(world, tmp_path, small):
    chosen = sorted(name for name in world.official_tensors if name != "bare")
    listing = world.read("objects", OBJECTS).to_pydict()
    listing["split"] = ["test" if name == f"{CHAIR}n0" else "train" for name in listing["object_id"]]
    datasets.write(tmp_path / "objects", OBJECTS, [datasets.table(OBJECTS, listing)], "test")
    export_nerfs(tmp_path / "objects", world.out / "views", world.out / "nerfs", tmp_path / "back")
    assert json.loads((tmp_path / "back/test.json").read_text()) == [f"./data/data_TRAINED/{CHAIR}/{CHAIR}n0"]
    import_nerfs(tmp_path / "back", tmp_path / "again", params_file=small())
    for name, schema in (("objects", OBJECTS), ("views", VIEWS_OF), ("nerfs", NERFS)):
        before, after = (
            datasets.rows_with_ids(folder / name, schema, chosen) for folder in (world.out, tmp_path / "again")
        )
        assert datasets.rows_digest(before) == datasets.rows_digest(after)
    written = [path for path in (tmp_path / "back").rglob("*.pth") if "bare" not in path.parts]
    assert len(written) == 2 * len(chosen)
    for path in written:
        ours = torch.load(path, weights_only=True)
        theirs = torch.load(world.folder / path.relative_to(tmp_path / "back"), weights_only=True)
        assert theirs.keys() == ours.keys()
        for key, value in theirs.items():
            assert value.dtype == ours[key].dtype
            assert torch.equal(value.to_dense(), ours[key].to_dense())
    with pytest.raises(InputError, match="exists, expected a new folder"):
        export_nerfs(tmp_path / "objects", world.out / "views", world.out / "nerfs", tmp_path / "back")


def test_a_study_takes_imported_nerfs_in_place_of_fits_and_names_what_does_not_fit(world, tmp_path, small, monkeypatch):
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    scenes = {"source": "nerfs", "folder": world.out, "views": 2, "copies": 2}
    chosen = {"scenes": scenes, "imported": {"nerfs": world.out / "nerfs"}}
    prepare_scenes(tmp_path / "objects", tmp_path / "views", tmp_path / "rejected", small(**chosen))
    object_rows = {row["object_id"]: row for row in datasets.read(tmp_path / "objects", OBJECTS).to_pylist()}
    assert {row["split"] for row in object_rows.values() if not row["augmentation"]} == {"train", "validation", "test"}
    copies = [name for name, row in object_rows.items() if row["augmentation"]]
    assert copies
    assert all(
        object_rows[object_rows[name]["base_object_id"]]["split"] == "train" == object_rows[name]["split"]
        for name in copies
    )
    where = tmp_path / "objects", tmp_path / "views", tmp_path / "none", tmp_path / "nerfs", tmp_path / "rejected"
    fit_nerfs(*where, small(**chosen))
    accepted = {row["object_id"]: row for row in datasets.read(tmp_path / "nerfs", NERFS).to_pylist()}
    assert accepted.keys() == object_rows.keys()
    assert all(accepted[name]["weights"] == world.rows[name]["weights"] for name in object_rows)
    posed = {n: views.of_rows(of) for n, of in views.by_object(datasets.read(tmp_path / "views", VIEWS_OF)).items()}
    assert (posed[copies[0]].image == world.official_tensors[copies[0]]["images"][[0, VIEWS // 2]]).all()
    with pytest.raises(InputError, match=rf"grids of other than nerf\.fitting\.occupancy = {CELLS + 1}"):
        fit_nerfs(*where, small(**chosen, nerf={"fitting": {"occupancy": CELLS + 1}}))
    listing = datasets.read(tmp_path / "objects", OBJECTS).to_pydict() | {"source": ["disn"] * len(object_rows)}
    datasets.write(tmp_path / "objects", OBJECTS, [datasets.table(OBJECTS, listing)], "test")
    with pytest.raises(InputError, match=r"not from scenes\.source nerfs"):
        fit_nerfs(*where, small(**chosen))


def test_a_study_of_fewer_classes_takes_those_nerfs_alone_and_says_how_many_there_are_besides(world):
    classes = load(Path("params.yaml")).classes
    cars = {name: object_class for name, object_class in classes.items() if object_class.synset == CAR}
    rows = [row for row in datasets.read(world.out / "objects", OBJECTS).to_pylist() if not row["augmentation"]]
    listing = imported_nerfs.listing(world.out, cars)
    assert {item.object_id for item in listing.items} == {row["object_id"] for row in rows if row["synset"] == CAR}
    assert listing.other_classes == sum(row["synset"] == CHAIR for row in rows) > 0
    with pytest.raises(InputError, match=r"no class of params\.yaml, nor is any other"):
        imported_nerfs.listing(
            world.out,
            {name: object_class for name, object_class in classes.items() if object_class.synset not in SYNSETS},
        )
