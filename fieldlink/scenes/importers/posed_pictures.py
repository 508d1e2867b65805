"""The pictures of a scene with their poses and cameras, as its transforms.json names them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.scenes import pictures
from fieldlink.scenes.importers.frame_files import FrameFiles
from fieldlink.scenes.importers.mesh_files.companions import listed
from fieldlink.scenes.importers.resizing import decoded
from fieldlink.scenes.importers.transforms_files import (
    CameraKeys,
    check_model,
    lens_of,
    read_transforms,
    rigid_pose,
    transforms_file,
)
from fieldlink.scenes.lenses import Lens

Z_TO_Y = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float32)
LEAST_WHITE = 128  # the least that the brightest pixel of a mask has: fewer is another code than black and white
MOST_MISSING = 0.5  # of a scene's pictures: what remains shows the object from too few sides


@dataclass(frozen=True)
class PosedPicture:
    """A frame of a scene: its picture's file, its pose with y up, and what its camera file says of the camera."""

    name: str
    path: Path
    pose: Float[np.ndarray, "3 4"]
    camera: CameraKeys
    mask: Path | None = None


def posed_pictures(scene: Path) -> tuple[list[PosedPicture], tuple[str, ...]]:
    """All frames of a scene that have a picture, each once, and notes on the others.

    Raises `InputError` naming the frame if more than `MOST_MISSING` of the pictures are missing, if a pose is none, if
    a camera is no pinhole, or if two poses have one picture.
    """
    file = transforms_file(scene)
    assert file is not None, f"{scene} was not listed"
    transforms, files, missing, repeated = read_transforms(file), FrameFiles(scene), [], []
    frames: dict[Path, PosedPicture] = {}
    for number, frame in enumerate(transforms.frames):
        where, camera, name = f"{file}: frame {number}", transforms.camera(number), frame.file_path
        check_model(camera, where)
        pose, path = Z_TO_Y @ rigid_pose(frame.transform_matrix, where), files.path(name, where)
        if path is None:
            missing.append(f"frame {number} ('{name}')")
        elif path not in frames:
            frames[path] = PosedPicture(where, path, pose, camera, _mask(files, frame.mask_path, where))
        elif np.allclose(frames[path].pose, pose):
            repeated.append(f"frame {number}")
        else:
            raise InputError(f"{where} ('{name}'): {frames[path].name.rpartition(': ')[2]} names it with another pose")
    count = f"{len(missing)} of {len(transforms.frames)} pictures"
    if len(missing) > MOST_MISSING * len(transforms.frames):
        raise InputError(f"{file}: {missing[0]}: no such picture; {count} are missing, at most half may be")
    notes = [f"without {count}: {listed(missing)} not found"] if missing else []
    notes += [f"repeated frames left out: {listed(repeated)}"] if repeated else []
    notes += [f"found by the ends of their paths: {listed(files.found_by_end)}"] if files.found_by_end else []
    return list(frames.values()), tuple(notes)


def _mask(files: FrameFiles, name: str | None, where: str) -> Path | None:
    path = files.path(name, where) if name else None
    if name and path is None:
        raise InputError(f"{where}: mask_path '{name}': no such picture")
    return path


def seen(frame: PosedPicture) -> tuple[UInt8[np.ndarray, "height width 4"], Lens]:
    """A frame's picture and lens. `w` and `h` mean pixels as they are stored, if these have that shape."""
    data = read_foreign(frame.path)
    try:
        upright = not frame.camera.is_of_size(pictures.size(data, upright=False))
        image, size = pictures.decode(data, upright=upright), pictures.size(data, upright)
    except InputError as error:
        raise InputError(f"{frame.path}: {error}") from error
    height, width = image.shape[:2]
    lens = lens_of(frame.camera, size, (width, height), frame.name)
    return (image if frame.mask is None else _masked(image, decoded(frame.mask), frame.name)), lens


def _masked(
    image: UInt8[np.ndarray, "height width 4"], mask: UInt8[np.ndarray, "_ _ 4"], where: str
) -> UInt8[np.ndarray, "height width 4"]:
    """The picture with its mask as alpha."""
    if image.shape != mask.shape:
        raise InputError(f"{where}: mask_path of another size than its picture, expected one size")
    if image[..., 3].min() < 255:
        raise InputError(f"{where}: mask_path beside a picture with alpha, expected one of them")
    if 0 < (brightest := mask[..., 0].max()) < LEAST_WHITE:
        raise InputError(f"{where}: mask_path with values up to {brightest}, expected up to 255 (white: the object)")
    return np.dstack([image[..., :3], mask[..., 0]])
