"""Camera files of the official layout."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exchange.folders import official
from PIL import Image

from fieldlink.core.errors import InputError
from fieldlink.exchange.official_nerfs import cameras_of, nerf_folders, views_of


def test_a_byte_order_mark_before_the_cameras_is_no_trouble(tmp_path):
    poses = official(tmp_path / "nerf", 0)["poses"]
    path = tmp_path / "nerf/transforms_train_compressed.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert (cameras_of(tmp_path / "nerf")[1] == poses).all()


@pytest.mark.parametrize("rows", [3, 4])
@pytest.mark.parametrize(("place", "value"), [((0, 0), -1.0), ((1, 1), 2.0), ((3, 3), 2.0), ((3, 0), 0.5)])
def test_a_pose_that_mirrors_scales_or_has_another_last_row_is_refused_by_frame(tmp_path, rows, place, value):
    matrix = np.eye(4)
    frames = [{"transform_matrix": matrix[:rows].tolist()}]
    path = tmp_path / "transforms_train.json"
    path.write_text(json.dumps({"camera_angle_x": 0.8, "frames": frames}))
    assert (cameras_of(tmp_path)[1] == matrix[:3]).all()
    if place[0] < rows:
        matrix[place] = value
        path.write_text(
            json.dumps({"camera_angle_x": 0.8, "frames": [*frames, {"transform_matrix": matrix[:rows].tolist()}]})
        )
        with pytest.raises(
            InputError, match=r"transforms_train\.json: frame 1: transform_matrix is no rotation and shift"
        ):
            cameras_of(tmp_path)


def changed(folder: Path, change: Callable[[dict[str, Any]], Any]) -> Path:
    """An official folder whose camera file went through a function."""
    official(folder, 0)
    path = folder / "transforms_train_compressed.json"
    transforms = json.loads(path.read_text())
    change(transforms)
    path.write_text(json.dumps(transforms))
    return folder


def named(form: str) -> Callable[[dict[str, Any]], Any]:
    return lambda transforms: [frame.update(file_path=form.format(n)) for n, frame in enumerate(transforms["frames"])]


@pytest.mark.parametrize("form", ["train\\{:02d}", "./train/{:02d}.png", "/data/nerf/train/{:02d}.JPG", "{:02d}"])
def test_pictures_are_found_however_their_paths_are_written(tmp_path, form):
    assert views_of(changed(tmp_path / "nerf", named(form)))[0] is not None


def test_pictures_with_a_suffix_in_capitals_are_no_missing_ones(tmp_path):
    official(tmp_path / "nerf", 0)
    for path in (tmp_path / "nerf/train").iterdir():
        path.rename(path.with_suffix(".PNG"))
    assert views_of(tmp_path / "nerf")[0] is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (named("train/r_{}"), r"train/r_0\.png: missing, 4 others are there"),
        (lambda transforms: transforms["frames"][2].update(file_path="train/00"), "frames 0 and 2 name one picture"),
        (lambda transforms: transforms.update(k1=0.1), "cameras with k1, expected camera_angle_x alone"),
        (lambda transforms: transforms.update(is_fisheye=True), r"compressed\.json: is_fisheye"),
        (
            lambda transforms: [
                frame["transform_matrix"][row].__setitem__(3, 1.5) for frame in transforms["frames"] for row in range(3)
            ],
            "all cameras stand in one place",
        ),
    ],
)
def test_pictures_and_cameras_that_do_not_belong_together_are_refused(tmp_path, change, words):
    with pytest.raises(InputError, match=words):
        views_of(changed(tmp_path / "nerf", change))


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (Image.new("RGB", (16, 16)), "view 1 is nowhere clear, expected the object"),
        (Image.new("RGBA", (16, 16)), "view 1 shows nothing, alpha is 0 everywhere"),
    ],
)
def test_a_view_without_object_or_backdrop_is_refused(tmp_path, picture, words):
    official(tmp_path / "nerf", 0)
    picture.save(tmp_path / "nerf/train/01.png")
    with pytest.raises(InputError, match=words):
        views_of(tmp_path / "nerf")


def test_a_folder_with_a_grid_but_no_weights_is_listed_to_be_set_aside(tmp_path):
    for name in ("whole", "without"):
        official(tmp_path / "02958343" / name, 0)
    (tmp_path / "02958343/without/nerf_weights.pth").unlink()
    shutil.copytree(tmp_path / "02958343/whole/train", tmp_path / "02958343/train")  # no model's folder
    assert [nerf.object_id for nerf in nerf_folders(tmp_path)] == ["whole", "without"]
