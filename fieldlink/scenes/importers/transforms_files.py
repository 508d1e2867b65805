"""Camera files of NeRF: transforms.json of Blender, instant-ngp and nerfstudio, and their lenses.

Numbers of a frame stand before those of the file. `w` and `h` are the size that numbers in pixels refer to; the picture
may be that size scaled.
"""

from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.scenes.lenses import Lens

NAMES = (
    "transforms_train.json",
    "transforms.json",
    "transforms_val.json",
    "transforms_test.json",
)  # the first there is
PINHOLES = ("PINHOLE", "SIMPLE_PINHOLE", "SIMPLE_RADIAL", "RADIAL", "OPENCV")
FOCAL_KEYS = (("fl_x", "camera_angle_x"), ("fl_y", "camera_angle_y"))
AGREEMENT = 0.01  # relative difference up to which two keys say the same focal length

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Angle = Annotated[float, Field(gt=0, lt=np.pi)]  # radians, the full field of view
Row = Annotated[list[Finite], Field(min_length=4, max_length=4)]


class CameraKeys(BaseModel):
    """What a file or a frame says of the camera."""

    camera_angle_x: Angle | None = None
    camera_angle_y: Angle | None = None
    fl_x: Positive | None = None  # pixels
    fl_y: Positive | None = None
    cx: Finite | None = None
    cy: Finite | None = None
    w: Positive | None = None
    h: Positive | None = None
    camera_model: str | None = None
    is_fisheye: bool = False
    k1: Finite = 0.0
    k2: Finite = 0.0
    k3: Finite = 0.0
    k4: Finite = 0.0
    p1: Finite = 0.0
    p2: Finite = 0.0

    def is_of_size(self, size: tuple[int, int]) -> bool:
        """Whether `w` and `h` are there, and a picture of this width and height is theirs or scaled from theirs."""
        if self.w is None or self.h is None:
            return False
        return abs(self.w * size[1] - self.h * size[0]) <= max(self.w, self.h)  # sides are rounded to pixels


class Frame(CameraKeys):
    file_path: str
    transform_matrix: Annotated[list[Row], Field(min_length=4, max_length=4)]  # camera to world, OpenGL axes


class Transforms(CameraKeys):
    frames: Annotated[list[Frame], Field(min_length=1)]

    def camera(self, number: int) -> CameraKeys:
        """The camera of a frame. A focal length of its own takes the place of the file's, whichever key says it."""
        frame, file = (part.model_dump(exclude_none=True, exclude_unset=True) for part in (self.frames[number], self))
        for keys in FOCAL_KEYS:
            if any(key in frame for key in keys):
                file = {key: value for key, value in file.items() if key not in keys}
        merged = file | frame
        return CameraKeys.model_validate({key: merged[key] for key in CameraKeys.model_fields if key in merged})


def transforms_file(scene: Path) -> Path | None:
    """The camera file of a scene's folder; None if there is none."""
    return next((scene / name for name in NAMES if (scene / name).is_file()), None)


def read_transforms(path: Path) -> Transforms:
    """The cameras of a file. An `InputError` names file, frame and field."""
    data = read_foreign(path).removeprefix(b"\xef\xbb\xbf")  # a byte order mark
    try:
        return Transforms.model_validate_json(data)
    except ValidationError as error:
        faults = [f"{path}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise InputError("\n".join(faults[:5])) from error


def lens_of(camera: CameraKeys, original: tuple[int, int], size: tuple[int, int], where: str) -> Lens:
    """The lens of a picture of `size` (width, height), which had the size `original` before it was reduced.

    Raises `InputError` beginning with `where` for keys that are missing, contradict each other or the picture, and for
    other cameras than OpenCV's.
    """
    if camera.is_fisheye or (camera.camera_model or "OPENCV") not in PINHOLES:
        model = "is_fisheye" if camera.is_fisheye else f"camera_model {camera.camera_model}"
        raise InputError(f"{where}: {model}, expected camera_model {', '.join(PINHOLES[:-1])} or {PINHOLES[-1]}")
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
    radial, tangential = (camera.k1, camera.k2, camera.k3, camera.k4), (camera.p1, camera.p2)
    return Lens(*size, fl_x * scale_x, fl_y * scale_y, cx * scale_x, cy * scale_y, radial, tangential)


def _focal(pixels: float | None, angle: float | None, side: float, keys: str) -> float | None:
    """The focal length that the pixels or the angle say, in pixels; None if both are missing."""
    by_angle = None if angle is None else float(side / 2 / np.tan(angle / 2))
    if pixels is not None and by_angle is not None and abs(by_angle / pixels - 1) > AGREEMENT:
        raise InputError(f"{keys} contradict each other: {pixels:g} and {by_angle:g} pixels at a side of {side:g}")
    return by_angle if pixels is None else pixels
