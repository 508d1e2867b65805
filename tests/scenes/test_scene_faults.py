"""Scenes of other programs: what their camera files say is drawn, or refused by frame and key."""

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scenes.test_transforms_files import SIDE, VIEWS, Scene, hull

from fieldlink.core.errors import InputError
from fieldlink.scenes import pictures
from fieldlink.scenes.importers import blender, posed_pictures


def posed(scene: Scene, change) -> None:
    """Every pose through a function of a 4x4 matrix."""
    for frame in scene.keys["frames"]:
        frame["transform_matrix"] = change(np.array(frame["transform_matrix"])).tolist()


def placed(place: float):
    def change(pose: np.ndarray) -> np.ndarray:
        pose[:3, 3] = place
        return pose

    return change


def opencv_axes(scene: Scene) -> None:
    posed(scene, lambda pose: pose @ np.diag([1, -1, -1, 1]))


def world_to_camera(scene: Scene) -> None:
    posed(scene, np.linalg.inv)


def scaled(scene: Scene) -> None:
    posed(scene, lambda pose: pose @ np.diag([2, 2, 2, 1]))


def mirrored(scene: Scene) -> None:
    posed(scene, lambda pose: pose @ np.diag([-1, 1, 1, 1]))


def far_beyond_numbers(scene: Scene) -> None:
    scene.keys["frames"][2]["transform_matrix"][0][3] = 1e300


def one_picture_from_two_poses(scene: Scene) -> None:
    scene.keys["frames"][3]["file_path"] = scene.keys["frames"][1]["file_path"]


POSES = {
    "frame 0: it looks away from the object, as do 12 of 12; are poses from camera to world, x right": opencv_axes,
    "frame 0: it looks away from the object": world_to_camera,
    "frame 0: transform_matrix is no rotation and shift": scaled,
    "frame 0: transform_matrix is no rotation": mirrored,
    r"frame 2: transform_matrix holds 1e\+300, at most 1e\+12 expected": far_beyond_numbers,
    r"frame 3 \('./train/r_1.png'\): frame 1 names it with another pose": one_picture_from_two_poses,
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("words", POSES)
def test_poses_that_cannot_be_right_are_refused_by_frame(tmp_path, words):
    scene = Scene(tmp_path / "box")
    POSES[words](scene)
    folder = scene.write()
    with pytest.raises(InputError, match=rf"transforms_train\.json: {words}"):
        blender.read(folder, VIEWS, 48)


@pytest.mark.parametrize("place", [0.0, 1.5, -3e4])
def test_cameras_in_one_place_are_refused(tmp_path, place):
    scene = Scene(tmp_path / "box")
    posed(scene, placed(place))
    with pytest.raises(InputError, match="box: all cameras stand in one place"):
        blender.read(scene.write(), VIEWS, 48)


def test_pictures_in_another_order_than_their_poses_are_refused(tmp_path):
    scene = Scene(tmp_path / "box")
    scene.write()
    blank = np.zeros((SIDE, SIDE, 4), np.uint8)
    for number in range(VIEWS):  # a bar that turns as no object does
        picture = blank.copy()
        picture[22:26, 4:44] = 255
        picture = np.asarray(Image.fromarray(picture).rotate(77 * number))
        (scene.folder / f"train/r_{number}.png").write_bytes(pictures.encode(picture))
    with pytest.raises(
        InputError, match=r"the common visual hull fills \d+% of the silhouettes, and \d+% of transforms"
    ):
        blender.read(scene.folder, VIEWS, 48)


def test_a_scene_far_from_the_origin_has_the_hull_of_the_one_there(tmp_path):
    """Positions are centred before they are rounded to float32."""
    scenes = Scene(tmp_path / "near"), Scene(tmp_path / "far")
    posed(scenes[1], lambda pose: pose + np.pad(np.full((3, 1), 1e6), ((0, 1), (3, 0))))
    near, far = (hull(scene.write()) for scene in scenes)
    assert (near & far).sum() > 0.99 * (near | far).sum()


def test_an_opaque_picture_among_others_is_refused_unless_the_object_fills_it(tmp_path):
    folder = Scene(tmp_path / "box").write()
    Image.open(folder / "train/r_4.png").convert("RGB").save(folder / "train/r_4.png")
    with pytest.raises(InputError, match=r"frame 4: its picture is nowhere clear, and the object .* fills \d+% of it"):
        blender.read(folder, VIEWS, 48)


KEYS = {
    "camera_type FISHEYE of another camera": {"camera_type": "FISHEYE"},
    "distortion of another camera": {"distortion": [0.1, 0, 0, 0]},
    "intrinsic_matrix of another camera, expected a pinhole by fl_x": {"intrinsic_matrix": [[50, 0, 24], [0, 50, 24]]},
    "fl_x 52.5.*cx 0.5, cy 0.5 at 48x48, expected pixels, not shares": {"cx": 0.5, "cy": 0.5},
    "fl_x 1.1, .*expected pixels, not shares": {"camera_angle_x": None, "fl_x": 1.1},
}


@pytest.mark.parametrize("words", KEYS)
def test_cameras_that_are_not_read_are_refused_by_key(tmp_path, words):
    scene = Scene(tmp_path / "box")
    scene.keys |= KEYS[words]
    with pytest.raises(InputError, match=rf"transforms_train\.json: frame 0: {words}"):
        blender.read(scene.write(), VIEWS, 48)


def test_a_camera_of_a_frame_that_is_not_read_is_refused_too(tmp_path):
    """The preflight, which looks at few pictures, then says what the import says."""
    scene = Scene(tmp_path / "box")
    scene.keys["frames"][1]["camera_model"] = "OPENCV_FISHEYE"
    with pytest.raises(InputError, match="frame 1: camera_model OPENCV_FISHEYE"):
        posed_pictures.posed_pictures(scene.write())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_camera_file_is_read_in_every_encoding_of_json(tmp_path, encoding):
    folder = Scene(tmp_path / "box").write()
    file = folder / "transforms_train.json"
    file.write_bytes(file.read_text().encode(encoding))
    assert len(blender.read(folder, VIEWS, 48)) == VIEWS


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "an empty file, expected JSON"),
        (b"version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer, run git lfs pull, expected JSON"),
        (b"<!DOCTYPE html>", "a web page or other markup, expected JSON"),
        (b'{"frames": [],}', "Invalid JSON: trailing comma at line 1 column 15"),
        (b'{"author": "Jos\xe9"}', "not UTF-8 at byte 15, expected JSON in UTF-8"),
        (b"[" * 100_000, "Invalid JSON: recursion limit exceeded"),
    ],
)
def test_a_damaged_camera_file_is_named_by_what_it_is(tmp_path, data, words):
    folder = Scene(tmp_path / "box").write()
    (folder / "transforms_train.json").write_bytes(data)
    with pytest.raises(InputError, match=rf"transforms_train\.json: {words}"):
        blender.read(folder, VIEWS, 48)


@pytest.mark.parametrize(
    "form",
    [
        "/home/someone/data/box/train/{name}.png",
        "C:\\data\\box\\train\\{name}.png",
        "../other/train/{name}.png",
        "./Train/{name}.PNG",
        "file://train/{name}.png",
    ],
)
def test_pictures_are_found_by_the_ends_of_paths_from_elsewhere_and_that_is_said(tmp_path, form):
    scenes = Scene(tmp_path / "plain"), Scene(tmp_path / "box")
    for number, frame in enumerate(scenes[1].keys["frames"]):
        frame["file_path"] = form.format(name=f"r_{number}")
    plain, boxed = (blender.read(scene.write(), VIEWS, 48) for scene in scenes)
    assert (plain.image == boxed.image).all()
    assert boxed.notes == (
        "found by the ends of their paths: frame 0 as train/r_0.png, frame 1 as train/r_1.png, "
        "frame 2 as train/r_2.png, frame 3 as train/r_3.png, frame 4 as train/r_4.png, …",
    )


def test_a_missing_picture_is_never_another_folders_of_its_name(tmp_path):
    folder = Scene(tmp_path / "box").write()
    shutil.copytree(folder / "train", folder / "test")
    (folder / "train/r_3.png").unlink()
    assert blender.read(folder, VIEWS, 48).notes == ("without 1 of 12 pictures: frame 3 ('./train/r_3.png') not found",)


def test_frames_that_stand_there_twice_count_once(tmp_path):
    scene = Scene(tmp_path / "box")
    scene.keys["frames"] += scene.keys["frames"][:2]
    views = blender.read(scene.write(), 2 * VIEWS, 48)
    assert len(views) == VIEWS
    assert views.notes == ("repeated frames left out: frame 12, frame 13",)


def with_masks(folder: Path, keep_alpha: bool) -> Path:
    """The scene with its silhouettes in files of their own."""
    (folder / "masks").mkdir()
    file = folder / "transforms_train.json"
    transforms = json.loads(file.read_text())
    for number, frame in enumerate(transforms["frames"]):
        picture = Image.open(folder / f"train/r_{number}.png")
        picture.getchannel("A").save(folder / f"masks/{number}.png")
        (picture if keep_alpha else picture.convert("RGB")).save(folder / f"train/r_{number}.png")
        frame["mask_path"] = f"masks/{number}.png"
    file.write_text(json.dumps(transforms))
    return folder


def test_a_mask_is_the_alpha_of_a_picture_without_and_refused_beside_it(tmp_path):
    plain = blender.read(Scene(tmp_path / "plain").write(), VIEWS, 48)
    masked = blender.read(with_masks(Scene(tmp_path / "box").write(), keep_alpha=False), VIEWS, 48)
    assert (plain.image[..., 3] == masked.image[..., 3]).all()
    both = with_masks(Scene(tmp_path / "both").write(), keep_alpha=True)
    with pytest.raises(InputError, match="frame 0: mask_path beside a picture with alpha"):
        blender.read(both, VIEWS, 48)
    dark = Image.open(tmp_path / "box/masks/7.png").point(lambda value: value // 255)
    dark.save(tmp_path / "box/masks/7.png")
    with pytest.raises(InputError, match=r"frame 7: mask_path with values up to 1, expected up to 255 \(white"):
        blender.read(tmp_path / "box", VIEWS, 48)
    (tmp_path / "box/masks/5.png").unlink()
    with pytest.raises(InputError, match=r"frame 5: mask_path 'masks/5.png': no such picture"):
        blender.read(tmp_path / "box", VIEWS, 48)


def test_pictures_without_a_suffix_are_read_and_tell_scenes_apart(tmp_path):
    for name, turn in (("one", 0), ("two", math.pi)):
        scene = Scene(tmp_path / name)
        for frame in scene.keys["frames"]:
            frame["file_path"] = frame["file_path"].removesuffix(".png")
        folder = scene.write()
        for path in (folder / "train").iterdir():
            if turn:
                Image.open(path).transpose(Image.Transpose.ROTATE_180).save(path)
            path.rename(path.with_suffix(""))
    assert len(blender.listing(tmp_path, ()).items) == 2
    assert len(blender.read(tmp_path / "one", VIEWS, 48)) == VIEWS
