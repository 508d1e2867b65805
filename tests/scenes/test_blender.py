"""Blender scenes: the real one in our box, and camera files that can't be used."""

import json
from pathlib import Path

import numpy as np
import pytest

from fieldlink.core.errors import InputError
from fieldlink.scenes import cameras, pictures, visual_hull
from fieldlink.scenes.importers import blender, posed_pictures
from fieldlink.scenes.views import Views

TRANSFORMS = "transforms_train.json"
Y_TO_Z = posed_pictures.Z_TO_Y.T


def masks_of_box(low: np.ndarray, high: np.ndarray, poses: np.ndarray, size: int) -> np.ndarray:
    """White where a ray meets the box (slab test), by poses of a world with y up."""
    origins, directions = cameras.rays(poses, cameras.DISN_ANGLE, size, size)
    with np.errstate(divide="ignore"):
        first, second = ((side - origins[:, None, None]) / directions for side in (low, high))
    near, far = np.minimum(first, second).max(axis=-1), np.maximum(first, second).min(axis=-1)
    return np.where((near < far)[..., None], np.uint8(255), np.uint8(0)).repeat(4, axis=-1)


def write(folder: Path, changes: dict | None = None) -> Path:
    """A scene of 36 views: a box 6 x 3 x 2 (x, up, z), far from the origin."""
    low = np.array([10, 4, -3], np.float32)
    poses = cameras.disn_poses(0)
    poses[:, :, 3] *= 7
    poses[:, :, 3] += low + np.array([3, 1.5, 1], np.float32)
    images = masks_of_box(low, low + np.array([6, 3, 2], np.float32), poses, 64)
    (folder / "train").mkdir(parents=True)
    frames = []
    for number, (image, pose) in enumerate(zip(images, poses, strict=True)):
        (folder / f"train/r_{number}.png").write_bytes(pictures.encode(image))
        frames.append(
            {"file_path": f"./train/r_{number}", "transform_matrix": [*(Y_TO_Z @ pose).tolist(), [0, 0, 0, 1]]}
        )
    transforms = {"camera_angle_x": cameras.DISN_ANGLE, "frames": frames}
    frames[3].update((changes or {}).pop("frame 3", {}))
    (folder / TRANSFORMS).write_text(json.dumps({**transforms, **(changes or {})}))
    return folder


def diagonal_and_centre(views: Views, cells: int) -> tuple[float, np.ndarray]:
    low, high = visual_hull.bounds(visual_hull.carve(views, cells, 0.7), 0.7)
    return float(np.linalg.norm(high - low)), (low + high) / 2


def test_a_box_anywhere_comes_out_centred_of_unit_diagonal_and_upright(tmp_path):
    views = blender.read(write(tmp_path / "box"), 36, 64)
    diagonal, centre = diagonal_and_centre(views, 96)
    assert diagonal == pytest.approx(1, abs=0.03)
    assert centre == pytest.approx(np.zeros(3), abs=0.02)
    extent = np.ptp(visual_hull.bounds(visual_hull.carve(views, 96, 0.7), 0.7), axis=0)
    assert extent[[0, 2]] == pytest.approx(np.array([6, 2]) / 7, abs=0.06)
    assert 3 / 7 < extent[1] < 3 / 7 + 0.12  # a flat top looks like a low roof to cameras that stand around it
    assert (views.camera_to_world[:, 1, 3] > 0.2).all()  # seen from above


def test_the_real_lego_fills_a_box_of_unit_diagonal(real):
    (item,) = blender.listing(real / "nerf_synthetic_lego", ("car",)).items
    assert item.class_name == "unlabelled"
    views = blender.read(item.path, 36, 64)
    assert views.image.shape == (36, 64, 64, 4)
    diagonal, centre = diagonal_and_centre(views, 64)
    assert diagonal == pytest.approx(1, abs=0.06)
    assert centre == pytest.approx(np.zeros(3), abs=0.03)


def test_scenes_are_found_bare_below_and_in_class_folders(tmp_path):
    for place in ("one", "car/two"):
        write(tmp_path / place)
    write(tmp_path / "three", {"camera_angle_x": 0.5})
    (tmp_path / "car/two" / TRANSFORMS).write_text("{}")
    listed = blender.listing(tmp_path, ("car",)).items
    assert sorted((scene.object_id, scene.class_name) for scene in listed) == [
        ("car.two", "car"),
        ("one", "unlabelled"),
        ("three", "unlabelled"),
    ]
    with pytest.raises(InputError, match=r"no class of params\.yaml, expected one of lamp"):
        blender.listing(tmp_path, ("lamp",))
    with pytest.raises(InputError, match=r"no transforms_train\.json or transforms\.json there"):
        blender.listing(tmp_path / "one/train", ("car",))


def test_a_folder_that_is_no_scene_beside_scenes_is_counted(tmp_path):
    for number, place in enumerate(("one", "two", "car/three", "car/four")):
        write(tmp_path / place, {"note": number})
    for place in ("two", "car/four"):
        (tmp_path / place / TRANSFORMS).rename(tmp_path / place / "transform_train.json")
    listing = blender.listing(tmp_path, ("car",))
    assert sorted(item.object_id for item in listing.items) == ["car.three", "one"]
    assert listing.other_files == {"in two/": 37, "in car/four/": 37}


EYE = np.eye(4).tolist()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"camera_angle_x": None}, "frame 0: no camera_angle_x and no fl_x"),
        ({"frames": []}, "frames"),
        ({"frame 3": {"transform_matrix": EYE[:3]}}, r"frames\.3\.transform_matrix"),
        ({"frame 3": {"transform_matrix": [row[:3] for row in EYE]}}, r"frames\.3\.transform_matrix\.0"),
        ({"frame 3": {"transform_matrix": [[float("nan")] * 4] * 4}}, r"frames\.3\.transform_matrix\.0\.0"),
        ({"frame 3": {"transform_matrix": [[2.0, 0, 0, 0], *EYE[1:]]}}, "frame 3: transform_matrix is no rotation"),
        ({"frame 3": {"file_path": "../box/train/../../r_3"}}, "frame 3 .*outside the scene's folder"),
        ({"frame 3": {"file_path": "/etc/passwd"}}, "frame 3 .*outside the scene's folder"),
        ({"frame 3": {"file_path": None}}, r"frames\.3\.file_path"),
    ],
)
def test_a_camera_file_that_cannot_be_used_names_file_and_frame(tmp_path, changes, words):
    scene = write(tmp_path / "box", changes)
    with pytest.raises(InputError, match=f"transforms_train.json: {words}"):
        blender.read(scene, 36, 64)


def test_frames_without_a_picture_are_left_out_and_said_up_to_half_of_them(tmp_path):
    scene = write(tmp_path / "box")
    for number in range(18):
        (scene / f"train/r_{2 * number}.png").unlink()
    views = blender.read(scene, 36, 64)
    assert len(views) == 18
    assert views.notes == (
        "without 18 of 36 pictures: frame 0 ('./train/r_0'), frame 2 ('./train/r_2'), frame 4 ('./train/r_4'), "
        "frame 6 ('./train/r_6'), frame 8 ('./train/r_8'), … not found",
    )
    whole = blender.read(write(tmp_path / "whole"), 36, 64)
    assert (views.image == whole.image[1::2]).all()
    (scene / "train/r_1.png").unlink()
    with pytest.raises(InputError, match=r"json: frame 0 \('./train/r_0'\): no such picture; 19 of 36 pictures are"):
        blender.read(scene, 36, 64)


def test_poses_that_do_not_fit_the_pictures_are_an_error(tmp_path):
    scene = write(tmp_path / "box")
    names = sorted((scene / "train").iterdir())
    blank = np.zeros((64, 64, 4), np.uint8)
    for number, name in enumerate(names):
        picture = blank.copy()
        picture[3 + number : 5 + number, 3:5] = 255
        name.write_bytes(pictures.encode(picture))
    with pytest.raises(InputError, match="no common visual hull"):
        blender.read(scene, 36, 64)


def test_frames_may_be_links_out_of_the_scene_but_no_folders(tmp_path):
    whole = blender.read(write(tmp_path / "whole"), 36, 64)
    for name, linked in (("files", "train/r_1.png"), ("folder", "train")):
        scene = write(tmp_path / name)
        outside = tmp_path / "cache" / name
        outside.parent.mkdir(exist_ok=True)
        (scene / linked).rename(outside)
        (scene / linked).symlink_to(outside)
        (scene / "train/r_0").mkdir()  # beside r_0.png
        assert (blender.read(scene, 36, 64).image == whole.image).all()
    (outside / "r_2.png").write_bytes((outside / "r_3.png").read_bytes())
    listed = blender.listing(tmp_path, ("car",))
    assert {item.object_id for item in listed.items} | set(listed.duplicates) == {"files", "folder", "whole"}
    assert list(listed.duplicates) == ["whole"]  # the folder's picture is another now


def test_a_scene_whose_frames_need_a_decoder_is_another_once_that_is_there(tmp_path, monkeypatch):
    scene = write(tmp_path / "box")
    (scene / "train/r_0.png").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic")
    with_it = blender.listing(scene, ()).items[0].content
    monkeypatch.setattr("fieldlink.scenes.picture_formats.find_spec", lambda name: None)
    assert blender.listing(scene, ()).items[0].content != with_it
