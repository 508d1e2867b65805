"""Camera files of Blender, instant-ngp and nerfstudio: one box seen by each kind of file has one hull."""

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.preflight import data_folders
from fieldlink.scenes import cameras, pictures, visual_hull
from fieldlink.scenes.importers import blender, posed_pictures
from fieldlink.scenes.importers.transforms_files import Transforms, lens_of
from fieldlink.scenes.lenses import Lens

SIDE, VIEWS = 48, 12
FOCAL = cameras.focal(cameras.DISN_ANGLE, SIDE)
LOW, HIGH = np.array([-0.3, -0.1, -0.15]), np.array([0.3, 0.2, 0.15])


def box_seen(pose: np.ndarray, lens: Lens) -> np.ndarray:
    """The box from a pose through a lens, without anti-aliasing."""
    pixels = np.stack(np.meshgrid(np.arange(lens.width) + 0.5, np.arange(lens.height) + 0.5), axis=-1)
    x, y = lens.plane(pixels.reshape(-1, 2)).T
    directions = np.stack([x, -y, -np.ones_like(x)], axis=-1) @ pose[:, :3].T
    with np.errstate(divide="ignore"):
        first, second = (LOW - pose[:, 3]) / directions, (HIGH - pose[:, 3]) / directions
    hit = np.minimum(first, second).max(axis=1) < np.maximum(first, second).min(axis=1)
    return np.where(hit[:, None], np.uint8(255), np.uint8(0)).repeat(4, axis=1).reshape(lens.height, lens.width, 4)


class Scene:
    """A scene being written: its camera file as a dictionary, and a lens for each view."""

    def __init__(self, folder: Path):
        self.folder, self.poses = folder, cameras.disn_poses(0, VIEWS)
        frames = [
            {
                "file_path": f"./train/r_{n}.png",
                "transform_matrix": [*(posed_pictures.Z_TO_Y.T @ pose).tolist(), [0, 0, 0, 1]],
            }
            for n, pose in enumerate(self.poses)
        ]
        self.keys: dict = {"camera_angle_x": cameras.DISN_ANGLE, "frames": frames}
        self.lenses = [Lens(SIDE, SIDE, FOCAL, FOCAL, SIDE / 2, SIDE / 2)] * VIEWS
        self.name, self.mark = "transforms_train.json", ""

    def lens_without_angle(self, *lenses: Lens, **keys: float) -> None:
        del self.keys["camera_angle_x"]
        self.lenses = list(lenses) * (VIEWS // len(lenses))
        self.keys |= keys

    def write(self) -> Path:
        (self.folder / "train").mkdir(parents=True)
        for number, (pose, lens) in enumerate(zip(self.poses, self.lenses, strict=True)):
            (self.folder / f"train/r_{number}.png").write_bytes(pictures.encode(box_seen(pose, lens)))
        (self.folder / self.name).write_text(self.mark + json.dumps(self.keys), encoding="utf-8")
        return self.folder


def plain(scene: Scene) -> None:
    pass


def byte_order_mark(scene: Scene) -> None:
    scene.mark = "\ufeff"


def windows_separators(scene: Scene) -> None:
    for frame in scene.keys["frames"]:
        frame["file_path"] = frame["file_path"].replace("/", "\\")


def without_suffix(scene: Scene) -> None:
    for frame in scene.keys["frames"]:
        frame["file_path"] = frame["file_path"].removesuffix(".png")


def other_cameras_that_say_nothing(scene: Scene) -> None:
    scene.keys |= {"k5": 0, "latlong": False, "distortion_params": [0.0] * 6, "shift_x": 0.0, "camera_type": "PERSP"}
    scene.keys |= {"rolling_shutter": [0, 0, 0, 0], "orthographic": None, "my_note": "shot at noon", "aabb_scale": 16}
    scene.keys["frames"][3] |= {"k6": 0.0, "sharpness": 21.5}


def transforms_json(scene: Scene) -> None:
    scene.name = "transforms.json"


def focal_lengths_alone(scene: Scene) -> None:
    keys = {"fl_x": FOCAL, "fl_y": FOCAL, "cx": SIDE / 2, "cy": SIDE / 2, "w": SIDE, "h": SIDE, "k1": 0, "p1": 0}
    scene.lens_without_angle(scene.lenses[0], **keys)


def size_of_larger_originals(scene: Scene) -> None:
    keys = {"fl_x": 10 * FOCAL, "cx": 5 * SIDE, "w": 10 * SIDE, "h": 10 * SIDE}
    scene.lens_without_angle(scene.lenses[0], **keys)


def vertical_angle_alone(scene: Scene) -> None:
    scene.lens_without_angle(scene.lenses[0], camera_angle_y=cameras.DISN_ANGLE)


def off_centre(scene: Scene) -> None:
    lens = Lens(64, 56, FOCAL, FOCAL, 28.0, 30.5)
    scene.lens_without_angle(lens, fl_x=FOCAL, cx=28.0, cy=30.5)


def unequal_focal_lengths(scene: Scene) -> None:
    lens = Lens(48, 64, FOCAL, 1.3 * FOCAL, 24.0, 32.0)
    scene.lens_without_angle(lens, fl_x=FOCAL, fl_y=1.3 * FOCAL)


def a_camera_per_frame(scene: Scene) -> None:
    lenses = [Lens(48, 48, FOCAL, FOCAL, 24.0, 24.0), Lens(96, 80, 1.5 * FOCAL, 1.5 * FOCAL, 48.0, 40.0)]
    scene.lens_without_angle(*lenses, fl_x=1.0)  # which the frames' own numbers replace
    for number, frame in enumerate(scene.keys["frames"]):
        lens = lenses[number % 2]
        frame |= {"fl_x": lens.fl_x, "w": lens.width, "h": lens.height}


def distortion(scene: Scene) -> None:
    lens = Lens(64, 64, FOCAL, FOCAL, 32.0, 32.0, (0.08, -0.03, 0.0, 0.0), (0.005, -0.004))
    scene.lens_without_angle(lens, fl_x=FOCAL, k1=0.08, k2=-0.03, p1=0.005, p2=-0.004)


KINDS = [plain, byte_order_mark, windows_separators, without_suffix, transforms_json, focal_lengths_alone]
KINDS += [size_of_larger_originals, vertical_angle_alone, other_cameras_that_say_nothing]
RESAMPLED = [off_centre, unequal_focal_lengths, a_camera_per_frame, distortion]


def hull(scene: Path) -> np.ndarray:
    return visual_hull.carve(blender.read(scene, VIEWS, 200), 48, 0.6)


@pytest.mark.parametrize("kind", KINDS + RESAMPLED)
def test_every_kind_of_camera_file_gives_the_same_hull(tmp_path, kind):
    scenes = Scene(tmp_path / "plain"), Scene(tmp_path / "kind")
    kind(scenes[1])
    reference, of_kind = (hull(scene.write()) for scene in scenes)
    agreement = (reference & of_kind).sum() / (reference | of_kind).sum()
    assert agreement == 1 if kind in KINDS else agreement > 0.85  # a pixel of other grids is 2 cells of the hull


@pytest.mark.parametrize("kind", RESAMPLED)
def test_resampled_silhouettes_are_the_ideal_cameras_to_a_pixel(tmp_path, kind):
    """The box as the one ideal camera sees it: what differs lies within a pixel of its outline."""
    scene = Scene(tmp_path)
    kind(scene)
    views = blender.read(scene.write(), VIEWS, 200)
    height, width = views.image.shape[1:3]
    focal = cameras.focal(views.camera_angle_x, width)
    lens, around = Lens(width, height, focal, focal, width / 2, height / 2), np.ones((3, 3), bool)
    for image, pose in zip(views.image, scene.poses, strict=True):
        seen, expected = image[..., 3] > 127, box_seen(pose, lens)[..., 3] > 0
        assert (seen >= ndimage.binary_erosion(expected, around)).all()
        assert (seen <= ndimage.binary_dilation(expected, around)).all()


REFUSED = {
    "w and h say 100x50 pixels, its picture has 48x48": {"w": 100, "h": 50},
    "fl_x and camera_angle_x contradict each other": {"fl_x": 2 * FOCAL},
    "camera_model OPENCV_FISHEYE, expected": {"camera_model": "OPENCV_FISHEYE"},
    "is_fisheye, expected": {"is_fisheye": True},
    r"\(k1\): this distortion folds": {"k1": -3.0},
    "k5 of another camera": {"k5": 0.1, "k6": 0},
    "ftheta_p1 of another camera": {"ftheta_p0": 0, "ftheta_p1": 0.001},
    "latlong of another camera": {"latlong": True},
    "equirectangular of another camera": {"equirectangular": True},
    "orthographic of another camera": {"orthographic": True},
    "distortion_params of another camera": {"distortion_params": [0, 0.1, 0, 0]},
    "shift_x, shift_y of another camera": {"shift_x": 0.3, "shift_y": -0.1},
    "rolling_shutter of another camera": {"rolling_shutter": [0, 0, 0.1, 0]},
    "camera_type ORTHO of another camera": {"camera_type": "ORTHO"},
    r"\(cx\): the silhouette is cut by the picture's edge": {"cx": 3.0},
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_read_is_refused_by_frame_and_key(tmp_path, words):
    scene = Scene(tmp_path / "box")
    scene.keys |= REFUSED[words]
    if "cut" in words:
        scene.lenses = [Lens(30, 48, FOCAL, FOCAL, 15.0, 24.0)] * VIEWS  # cuts the box
        del scene.keys["camera_angle_x"]
        scene.keys["fl_x"] = FOCAL
    with pytest.raises(InputError, match=rf"transforms_train\.json: frame \d.*{words}"):
        blender.read(scene.write(), VIEWS, 48)


def test_a_key_of_another_camera_is_refused_in_one_frame(tmp_path):
    scene = Scene(tmp_path / "box")
    scene.keys["frames"][2]["k5"] = 0.1
    with pytest.raises(InputError, match=r"frame 2: k5 of another camera, expected a pinhole"):
        blender.read(scene.write(), VIEWS, 48)


@pytest.mark.parametrize("last", [[0, 0, 0, 2], [0, 0, 0, 0], [1.0, 2.0, 3.0, 1.0], [0, 0.1, 0, 1]])
def test_a_pose_with_another_last_row_is_refused_by_frame(tmp_path, last):
    scene = Scene(tmp_path / "box")
    scene.keys["frames"][5]["transform_matrix"][3] = last
    with pytest.raises(InputError, match=r"frame 5: transform_matrix is no rotation and shift, with the last row 0, 0"):
        blender.read(scene.write(), VIEWS, 48)


def test_poses_written_by_columns_are_refused(tmp_path):
    scene = Scene(tmp_path / "columns")
    for frame in scene.keys["frames"]:
        frame["transform_matrix"] = np.array(frame["transform_matrix"]).T.tolist()
    with pytest.raises(InputError, match=r"frame 0: transform_matrix is no rotation and shift"):
        blender.read(scene.write(), VIEWS, 48)


def test_a_picture_that_shows_nothing_is_named_by_its_frame(tmp_path):
    scene = Scene(tmp_path / "box")
    folder = scene.write()
    (folder / "train/r_4.png").write_bytes(pictures.encode(np.zeros((SIDE, SIDE, 4), np.uint8)))
    with pytest.raises(InputError, match=r"frame 4: its picture shows nothing"):
        blender.read(folder, 6, 48)  # of 12: frame 4 is the third that is read


@pytest.mark.parametrize("alpha", [1, 255])
def test_views_whose_background_is_nowhere_clear_are_refused(tmp_path, alpha):
    folder = Scene(tmp_path / "box").write()
    for path in (folder / "train").iterdir():
        picture = pictures.decode(path.read_bytes()).copy()
        picture[..., 3] = np.maximum(picture[..., 3], alpha)
        path.write_bytes(pictures.encode(picture))
    with pytest.raises(
        InputError, match=r"box: views without transparency, expected RGBA with the background's alpha 0"
    ):
        blender.read(folder, VIEWS, 48)


def test_the_preflight_reads_scenes_as_the_importer_does(tmp_path, params_with):
    Scene(tmp_path / "scenes/whole").write()
    shutil.rmtree(Scene(tmp_path / "scenes/lost").write() / "train")
    changes = {"scenes.source": "blender", "scenes.folder": tmp_path / "scenes", "scenes.most_rejected": 0.5}
    finding, _ = data_folders.objects(load(params_with(changes)))
    assert finding.state == "note"
    assert "1 of 2 would be set aside" in finding.detail
    assert "frame 0 ('./train/r_0.png'): no such picture; 12 of 12 pictures are missing" in finding.detail
    finding, _ = data_folders.objects(load(params_with({**changes, "scenes.most_rejected": 0.1})))
    assert finding.state == "missing"


def test_the_preflight_looks_into_scenes_that_it_does_not_read(tmp_path, params_with, monkeypatch):
    monkeypatch.setattr(blender, "TRIED", 0)
    for name in ("whole", "opaque", "broken"):
        Scene(tmp_path / "scenes" / name).write()
    for path in (tmp_path / "scenes/opaque/train").iterdir():
        Image.open(path).convert("RGB").save(path)
    for path in (tmp_path / "scenes/broken/train").iterdir():
        path.write_bytes(b"no picture")
    changes = {"scenes.source": "blender", "scenes.folder": tmp_path / "scenes"}
    reasons = blender.trial(load(params_with(changes)))
    assert sorted(reasons) == ["broken", "opaque"]
    assert "r_0.png: " in reasons["broken"]
    assert "views without transparency" in reasons["opaque"]


def test_the_angle_of_a_file_is_its_focal_length():
    frame = {"file_path": "a", "transform_matrix": np.eye(4).tolist()}
    camera = Transforms.model_validate({"camera_angle_x": math.pi / 2, "frames": [frame]}).camera(0)
    lens = lens_of(camera, (800, 600), (400, 300), "frame 0")
    assert (lens.fl_x, lens.fl_y, lens.cx, lens.cy) == pytest.approx((200, 200, 200, 150))
