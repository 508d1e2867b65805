"""Pictures and Blender scenes that went wrong for others, through the command line, where the cases are at hand."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
from extras import needed

from fieldlink.core import datasets, schemas
from fieldlink.scenes import pictures, visual_hull
from fieldlink.scenes.views import Views, by_object, of_rows


def stage(name: str, params: Path, outputs: dict[str, Path]) -> None:
    paths = [word for option, path in outputs.items() for word in (f"--{option}", str(path))]
    command = [sys.executable, "-m", f"stages.backbone.{name}", *paths, "--params-file", str(params)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr


def rejected_in(folder: Path) -> dict[str, str]:
    return {row["id"]: row["reason"] for row in datasets.read(folder, schemas.REJECTED).to_pylist()}


def photos_of(folder: Path, out: Path, params_with) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Pictures by the last part of their ids, on black, and the reasons of those set aside."""
    changes = {"photos.source": "folder", "photos.folder": folder, "photos.most_rejected": 1.0, "runtime.workers": 1}
    stage("prepare_photos", params_with(changes), {"out": out / "photos", "rejected": out / "rejected"})
    rows = datasets.read(out / "photos", schemas.PHOTOS).to_pylist()
    shown = {row["photo_id"].split(".", 1)[1]: pictures.on_black(pictures.decode(row["image"])) for row in rows}
    return shown, rejected_in(out / "rejected")


def test_photos_of_all_kinds_are_read_as_what_they_show(tmp_path, cases, params_with):
    needed("pillow_heif")
    names = ("50-photo-reference", "51-photo-exif-rotated", "52-photo-16-bit-grey", "54-photo-palette-alpha")
    for name in (*names, "56-photo-unlisted-suffixes", "63-photo-24-megapixel"):
        shutil.copytree(cases / name, tmp_path / "in/chair", dirs_exist_ok=True)
    shown, rejected = photos_of(tmp_path / "in", tmp_path, params_with)
    assert rejected == {}
    plane, grey = shown["plane"].astype(int), shown["grey8"].astype(int)
    for name in ("exif6", "exif8", "iphone"):
        assert np.abs(shown[name] - plane).mean() < 6
    for name in ("grey16", "grey16tif"):
        assert np.abs(shown[name] - grey).max() <= 1
    card = shown["black_object_on_transparency"].astype(int)
    assert np.abs(card[60, 80] - card[0, 0]).min() > 80
    assert {"chrome", "noext", "p", "t", "cutout"} <= shown.keys()
    assert shown["dslr_24mp"].shape == (2000, 3000, 3)


def test_broken_photos_are_set_aside_with_the_same_reasons_in_two_runs(tmp_path, cases, params_with, monkeypatch):
    shutil.copytree(cases / "57-photo-broken", tmp_path / "in/chair")
    shutil.copytree(cases / "50-photo-reference", tmp_path / "in/chair", dirs_exist_ok=True)
    reasons = []
    for run in "ab":
        monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / f"scratch_{run}"))
        shown, rejected = photos_of(tmp_path / "in", tmp_path / run, params_with)
        assert shown.keys() == {"plane"}
        reasons.append(rejected)
    assert reasons[0] == reasons[1]
    assert len(reasons[0]) == 5
    assert all(reason.startswith("chair/") and "0x" not in reason for reason in reasons[0].values())


@pytest.mark.parametrize(("case", "count"), [("61-photo-appledouble", 6), ("65-macosx-folder", 1)])
def test_what_operating_systems_leave_behind_is_skipped(tmp_path, cases, params_with, case, count):
    shutil.copytree(cases / case, tmp_path / ("in" if (cases / case / "chair").is_dir() else "in/chair"))
    (tmp_path / "in/chair/._plane.png").write_bytes(b"\0\5\x16\7")
    shown, rejected = photos_of(tmp_path / "in", tmp_path, params_with)
    assert (len(shown), rejected) == (count, {})


def test_files_of_one_name_keep_ids_of_their_own(tmp_path, cases, params_with):
    shutil.copytree(cases / "64-scene-gltf", tmp_path / "in/chair")
    for number in range(3):
        for name in ("chair", "table"):
            trimesh.creation.box((1, 1 + (name == "table"), 2 + number)).export(
                placed(tmp_path / f"in/{name}/box{number}.ply")
            )
    classes = {"chair": {"synset": "03001627", "noun": "a chair"}, "table": {"synset": "04379243", "noun": "a table"}}
    changes = {"scenes.source": "meshes", "scenes.folder": tmp_path / "in", "classes": classes, "scenes.copies": 0}
    changes |= {"scenes.most_rejected": 0.5, "runtime.workers": 1}
    objects, rejected = scenes_of(tmp_path, params_with(changes))
    scenes = {name for name in objects.keys() | rejected.keys() if name.startswith("chair.scene-")}
    assert len(scenes) == 2
    assert len(objects) + len(rejected) == 8


def placed(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def scenes_of(out: Path, params: Path) -> tuple[dict[str, Views], dict[str, str]]:
    places = {name: out / "out" / name for name in ("objects", "views", "rejected")}
    stage("prepare_scenes", params, places)
    rows = by_object(datasets.read(places["views"], schemas.VIEWS))
    return {name: of_rows(of_object) for name, of_object in rows.items()}, rejected_in(places["rejected"])


def test_scenes_of_every_camera_file_are_the_plain_one_or_refused_by_key(tmp_path, cases, params_with):
    changes = {"scenes.source": "blender", "scenes.folder": cases / "70-blender", "scenes.most_rejected": 0.5}
    changes |= {"scenes.resolution": 96, "scenes.copies": 0, "runtime.workers": 1}
    views, rejected = scenes_of(tmp_path, params_with(changes))
    plain = visual_hull.carve(views["plain"], 64, 0.6)
    for name in ("ngp_flx_only", "only_transforms_json", "utf8_bom", "declared_w_h_differ"):
        hull = visual_hull.carve(views[name], 64, 0.6)
        assert (hull & plain).sum() / (hull | plain).sum() >= 0.99
    assert "opencv_distortion" in views
    assert rejected.keys() == {"off_centre_cx_cy"}
    assert "frame 0 (cx, cy)" in rejected["off_centre_cx_cy"]
    assert len(views["missing_frames_files"]) == len(views["plain"]) - 2
