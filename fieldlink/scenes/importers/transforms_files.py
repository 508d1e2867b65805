"""Camera files of NeRF: transforms.json of Blender, instant-ngp and nerfstudio, and their lenses.

Numbers of a frame stand before those of the file. `w` and `h` are the size that numbers in pixels refer to; the picture
may be that size scaled.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, Field

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.json_models import read_model
from fieldlink.scenes.lenses import Lens

NAMES = (
    "transforms_train.json",
    "transforms.json",
    "transforms_val.json",
    "transforms_test.json",
)  # the first there is
PINHOLES = ("PINHOLE", "SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV")
OTHER_CAMERAS = re.compile(  # keys of cameras that aren't pinholes with OpenCV's first eight numbers
    r"k[5-9]|s[1-4]|ftheta_\w+|latlong|equirectangular|orthographic|shift_[xy]|rolling_shutter|K|camera_matrix|"
    r"(camera_)?intrinsics?(_matrix)?|distortion(_params|_coeffs|_coefficients)?|dist_coeffs"
)
LAST_ROW, RIGID = [0.0, 0.0, 0.0, 1.0], 1e-3  # of a pose, and how exactly it is one
OTHER_TYPES = re.compile(r".*(ortho|pano|fish|equirect|spher|omni)", re.IGNORECASE)  # camera_type beside PERSP
FARTHEST = 1e12  # of a camera; its position keeps four decimals there
NARROWEST = 0.05  # focal length over the picture's side, which then shows 169 degrees
OWN_KEYS = "fl_x, fl_y, cx, cy, k1 to k4, p1 and p2"
FOCAL_KEYS = (("fl_x", "camera_angle_x"), ("fl_y", "camera_angle_y"))
NO_CAMERA = {"frames", "file_path", "transform_matrix", "mask_path"}  # keys beside those of cameras
AGREEMENT = 0.01  # relative difference up to which two keys say the same focal length

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Angle = Annotated[float, Field(gt=0, lt=np.pi)]  # radians, the full field of view
Row = Annotated[list[Finite], Field(min_length=4, max_length=4)]


class CameraKeys(BaseModel):
    """What a file or a frame says of the camera."""

    model_config = ConfigDict(extra="allow")

    camera_angle_x: Angle | None = None
    camera_angle_y: Angle | None = None
    fl_x: Positive | None = None  # pixels
    fl_y: Positive | None = None
    cx: Finite | None = None
    cy: Finite | None = None
    w: Positive | None = None
    h: Positive | None = None
    camera_model: str | None = None
    camera_type: Any = None  # Blender's word, or another program's value
    is_fisheye: bool = False
    k1: Finite = 0.0
    k2: Finite = 0.0
    k3: Finite = 0.0
    k4: Finite = 0.0
    p1: Finite = 0.0
    p2: Finite = 0.0

    @property
    def others(self) -> list[str]:
        """Keys of other cameras that say something: a number that isn't 0, or true."""
        extra = self.model_extra or {}
        return [key for key, value in extra.items() if OTHER_CAMERAS.fullmatch(key) and _says_something(value)]

    def is_of_size(self, size: tuple[int, int]) -> bool:
        """Whether `w` and `h` are there, and a picture of this width and height is theirs or scaled from theirs."""
        if self.w is None or self.h is None:
            return False
        return abs(self.w * size[1] - self.h * size[0]) <= max(self.w, self.h)  # sides are rounded to pixels


class Frame(CameraKeys):
    file_path: str
    transform_matrix: Annotated[list[Row], Field(min_length=4, max_length=4)]  # camera to world, OpenGL axes
    mask_path: str | None = None  # white where the object is, for a picture without alpha


class Transforms(CameraKeys):
    frames: Annotated[list[Frame], Field(min_length=1)]

    def camera(self, number: int) -> CameraKeys:
        """The camera of a frame. A focal length of its own takes the place of the file's, whichever key says it."""
        frame, file = (
            part.model_dump(exclude=NO_CAMERA, exclude_none=True, exclude_unset=True)
            for part in (self.frames[number], self)
        )
        for keys in FOCAL_KEYS:
            if any(key in frame for key in keys):
                file = {key: value for key, value in file.items() if key not in keys}
        return CameraKeys.model_validate(file | frame)


def rigid_pose(matrix: Sequence[Sequence[float]], where: str) -> Float[np.ndarray, "3 4"]:
    """The first three rows of a transform_matrix. Raises `InputError` with `where` unless it turns and moves alone."""
    pose, last = np.array(matrix[:3], np.float64), matrix[3:] or [LAST_ROW]
    turn = pose[:, :3]
    if np.abs(pose).max() > FARTHEST:
        raise InputError(f"{where}: transform_matrix holds {np.abs(pose).max():g}, at most {FARTHEST:g} expected")
    rigid = np.allclose(turn.T @ turn, np.eye(3), atol=RIGID) and np.linalg.det(turn) > 0
    if not rigid or not np.allclose(last, [LAST_ROW], atol=RIGID):
        raise InputError(f"{where}: transform_matrix is no rotation and shift, with the last row 0, 0, 0, 1")
    return pose


def transforms_file(scene: Path) -> Path | None:
    """The camera file of a scene's folder; None if there is none."""
    return next((scene / name for name in NAMES if (scene / name).is_file()), None)


def read_transforms(path: Path) -> Transforms:
    """The cameras of a file. An `InputError` names file, frame and field."""
    return read_model(path, Transforms)


def check_model(camera: CameraKeys, where: str) -> None:
    """Raise `InputError` beginning with `where` for the keys of other cameras than OpenCV's."""
    if camera.is_fisheye or (camera.camera_model or "OPENCV").upper() not in PINHOLES:
        model = "is_fisheye" if camera.is_fisheye else f"camera_model {camera.camera_model}"
        raise InputError(f"{where}: {model}, expected camera_model {', '.join(PINHOLES[:-1])} or {PINHOLES[-1]}")
    if camera.others or OTHER_TYPES.match(str(camera.camera_type)):
        names = ", ".join(camera.others) or f"camera_type {camera.camera_type}"
        raise InputError(f"{where}: {names} of another camera, expected a pinhole by {OWN_KEYS} alone")


def lens_of(camera: CameraKeys, original: tuple[int, int], size: tuple[int, int], where: str) -> Lens:
    """The lens of a picture of `size` (width, height), which had the size `original` before it was reduced.

    Raises `InputError` beginning with `where` for keys that are missing, or contradict each other or the picture.
    """
    w, h = camera.w or original[0], camera.h or original[1]
    if not camera.model_copy(update={"w": w, "h": h}).is_of_size(original):
        raise InputError(f"{where}: w and h say {w:g}x{h:g} pixels, its picture has {original[0]}x{original[1]}")
    scale_x, scale_y = size[0] / w, size[1] / h
    fl_x = _focal(camera.fl_x, camera.camera_angle_x, float(w), f"{where}: fl_x and camera_angle_x")
    fl_y = _focal(camera.fl_y, camera.camera_angle_y, float(h), f"{where}: fl_y and camera_angle_y")
    fl_x, fl_y = (fl_y if fl_x is None else fl_x), (fl_x if fl_y is None else fl_y)
    if fl_x is None or fl_y is None:
        raise InputError(f"{where}: no camera_angle_x and no fl_x, one of them expected")
    cx, cy = (w / 2 if camera.cx is None else camera.cx), (h / 2 if camera.cy is None else camera.cy)
    if min(fl_x / w, fl_y / h) < NARROWEST or (max(abs(cx), abs(cy)) <= 1 < min(w, h) / 2):
        numbers = f"fl_x {fl_x:g}, fl_y {fl_y:g}, cx {cx:g}, cy {cy:g}"
        raise InputError(f"{where}: {numbers} at {w:g}x{h:g}, expected pixels, not shares of the picture")
    radial, tangential = (camera.k1, camera.k2, camera.k3, camera.k4), (camera.p1, camera.p2)
    return Lens(*size, fl_x * scale_x, fl_y * scale_y, cx * scale_x, cy * scale_y, radial, tangential)


def _says_something(value: Any) -> bool:
    return any(map(_says_something, value)) if isinstance(value, list) else bool(value)


def _focal(pixels: float | None, angle: float | None, side: float, keys: str) -> float | None:
    """The focal length that the pixels or the angle say, in pixels; None if both are missing."""
    by_angle = None if angle is None else float(side / 2 / np.tan(angle / 2))
    if pixels is not None and by_angle is not None and abs(by_angle / pixels - 1) > AGREEMENT:
        raise InputError(f"{keys} contradict each other: {pixels:g} and {by_angle:g} pixels at a side of {side:g}")
    return by_angle if pixels is None else pixels
