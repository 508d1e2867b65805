"""Fitted NeRFs in the layout of the official nf2vec and clip2nerf code.

    <folder>/[data_TRAINED/]<synset>/<model id>/nerf_weights.pth      {"mlp_base.params": flat vector, float}
                                               /grid.pth              {"_binary": cells x y z, sparse bool, "_roi_aabb"}
                                               /transforms_train_compressed.json (or transforms_train.json)
                                               /train/NN.png          optional: the pictures it was fitted to
    <folder>/data_TRAINED_A1/…, <folder>/data_TRAINED_A2/…            optional: augmented copies

A grid of nerfacc 0.5 has the keys `binaries` and `aabbs`, with an axis of levels in front. The tensors may be dense, of
any number type, and wrapped as trainers do (`state_dict`, `module.`). JPEG pictures, which don't say where the object
ends, count as none.

The vector holds the matrices layer by layer, (out, in) row-major, as ours. The zeros that fill nf2vec's rows are not in
the file. The official frame, in which z points up, stays: poses and weights belong together.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated

import numpy as np
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, Field

from fieldlink.core.errors import InputError
from fieldlink.core.tensor_files import named_ending
from fieldlink.nerf.field import HALF
from fieldlink.scenes import picture_formats
from fieldlink.scenes.importers.json_models import read_model
from fieldlink.scenes.importers.resizing import decoded, stacked
from fieldlink.scenes.importers.transforms_files import CameraKeys, check_model, lens_of, rigid_pose
from fieldlink.scenes.views import Views

WEIGHTS, GRID, PARAMETERS = "nerf_weights.pth", "grid.pth", "mlp_base.params"
COMPRESSED, TRANSFORMS = "transforms_train_compressed.json", "transforms_train.json"
CELLS, BOXES = ("_binary", "binaries"), ("_roi_aabb", "aabbs")  # names in grid.pth: nerfacc up to 0.3, and from 0.4
ROOTS = ("data_TRAINED", "data_TRAINED_A1", "data_TRAINED_A2")  # originals, copies A1 and A2

Row = Annotated[list[Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=4, max_length=4)]


class OfficialFrame(BaseModel):
    """One view in a camera file of the official layout."""

    transform_matrix: Annotated[list[Row], Field(min_length=3, max_length=4)]  # camera to world, OpenGL axes
    file_path: str | None = None


class OfficialTransforms(BaseModel):
    """A camera file of the official layout."""

    model_config = ConfigDict(extra="allow")

    camera_angle_x: Annotated[float, Field(gt=0, lt=np.pi)]  # radians
    frames: Annotated[list[OfficialFrame], Field(min_length=1)]

    @property
    def camera(self) -> CameraKeys:
        """All that the file says of the camera."""
        return CameraKeys.model_validate({"camera_angle_x": self.camera_angle_x, **(self.model_extra or {})})


@dataclass(frozen=True)
class NerfFolder:
    """The folder of one NeRF, and the object that it is of."""

    folder: Path
    synset: str
    base: str  # the model's id
    augmentation: int  # 0: original; 1, 2: copies

    @property
    def object_id(self) -> str:
        return f"{self.base}.a{self.augmentation}" if self.augmentation else self.base


def nerf_folders(folder: Path) -> list[NerfFolder]:
    """Every NeRF below a folder, in the order of object ids. Raises `InputError` if there is none."""
    roots = [(number, folder / name) for number, name in enumerate(ROOTS) if (folder / name).is_dir()]
    nerfs = [
        NerfFolder(path.parent, path.parts[-3], path.parts[-2].removesuffix(f"_A{number}"), number)
        for number, root in roots or [(0, folder)]
        for path in _model_files(root)
    ]
    if not nerfs:
        raise InputError(f"{folder}: no [{ROOTS[0]}/]<synset>/<model id>/{WEIGHTS}, expected nf2vec's layout")
    return sorted(nerfs, key=lambda nerf: (nerf.object_id, nerf.synset))


def _model_files(root: Path) -> list[Path]:
    """A file of each model's folder below a root: its weights, or its grid where the weights are missing."""
    grids = [path for path in root.glob(f"*/*/{GRID}") if not os.path.lexists(path.with_name(WEIGHTS))]
    return [*root.glob(f"*/*/{WEIGHTS}"), *grids]


def weights_of(tensors: Mapping[str, np.ndarray], count: int) -> Float[np.ndarray, " weight"]:
    """The flat vector of `count` weights. Zeros behind them are dropped.

    Raises `InputError` if the file has other numbers than `count` weights, or some that aren't finite.
    """
    vector = named_ending(tensors, PARAMETERS)
    if vector is None:
        raise InputError(f"no '{PARAMETERS}', found {_names(tensors)}")
    if vector.ndim != 1 or len(vector) < count or vector[count:].any():
        raise InputError(f"{vector.shape} numbers, nerf.field describes {count:,}")
    if vector.dtype.kind != "f":
        raise InputError(f"numbers of type {vector.dtype}, expected floats")
    with np.errstate(over="ignore"):
        vector = vector[:count].astype(np.float32)
    if not np.isfinite(vector).all():
        raise InputError("weights that are not finite")
    return vector


def occupancy_of(tensors: Mapping[str, np.ndarray], cells: int) -> bytes:
    """The grid's bits, packed as in dataset `nerfs`.

    Raises `InputError` unless the grid has one level of `cells` cells per axis, is of zeros and ones with at least one
    of these, and spans our box.
    """
    grid, box = named_ending(tensors, *CELLS), named_ending(tensors, *BOXES)
    if grid is None or box is None:
        raise InputError(f"expected '{CELLS[0]}' and '{BOXES[0]}', found {_names(tensors)}")
    grid = grid[0] if grid.ndim == 4 and len(grid) == 1 else grid
    if grid.shape != (cells,) * 3:
        raise InputError(f"'{CELLS[0]}' of {grid.shape} cells, nerf.fitting.occupancy says {cells} per axis")
    if box.size != 6 or not np.allclose(box.ravel(), [-HALF] * 3 + [HALF] * 3, atol=1e-3):
        raise InputError(f"'{BOXES[0]}' is {box.ravel()[:6].tolist()} of {box.shape}, expected -{HALF} to {HALF}")
    if not np.isin(grid, (0, 1)).all() or not grid.any():
        low, high = float(grid.min()), float(grid.max())
        raise InputError(f"'{CELLS[0]}' has values from {low:g} to {high:g}, expected 0 and 1, and a cell that is 1")
    return np.packbits(grid.astype(bool)).tobytes()


def cameras_of(folder: Path) -> tuple[OfficialTransforms, Float[np.ndarray, "view 3 4"]]:
    """The camera file, and its poses from camera to world. An `InputError` names frame and field."""
    path = next((folder / name for name in (COMPRESSED, TRANSFORMS) if (folder / name).is_file()), None)
    if path is None:
        raise InputError(f"{folder}: no {COMPRESSED}, nor {TRANSFORMS}")
    transforms = read_model(path, OfficialTransforms)
    frames = [frame.transform_matrix for frame in transforms.frames]
    poses = [rigid_pose(matrix, f"{path}: frame {n}") for n, matrix in enumerate(frames)]
    check_model(read_model(path, CameraKeys), str(path))
    if len(poses) > 1 and not np.ptp(poses, axis=0)[:, 3].any():
        raise InputError(f"{path}: all cameras stand in one place, expected them around the object")
    return transforms, np.stack(poses).astype(np.float32)


def views_of(folder: Path) -> tuple[Views | None, Float[np.ndarray, "view 3 4"], float]:
    """The pictures with their cameras, the poses, and the horizontal field of view in radians.

    The first is None where there are no pictures. Raises `InputError` if only a part of the pictures is there, or
    others than the camera file names.
    """
    transforms, poses = cameras_of(folder)
    named = [frame.file_path or f"{number:02d}" for number, frame in enumerate(transforms.frames)]
    stems = [_stem(name) for name in named]
    there = {path.name.lower(): path for path in sorted((folder / "train").glob("*")) if path.suffix.lower() == ".png"}
    if not there:
        return None, poses, transforms.camera_angle_x
    for number, stem in enumerate(stems):
        if f"{stem}.png".lower() not in there:
            others = "other views have their pictures" if len(there) < len(stems) else f"{len(there)} others are there"
            raise InputError(f"{folder / 'train' / stem}.png: missing, {others}")
        if stem in stems[:number]:
            raise InputError(f"{folder}: frames {stems.index(stem)} and {number} name one picture, {stem}.png")
    image = stacked([decoded(there[f"{stem}.png".lower()]) for stem in stems], str(folder))
    size = image.shape[2], image.shape[1]
    if faults := lens_of(transforms.camera, size, size, str(folder)).faults:
        raise InputError(f"{folder}: cameras with {', '.join(faults)}, expected camera_angle_x alone")
    return Views(image, poses, transforms.camera_angle_x), poses, transforms.camera_angle_x


def _stem(file_path: str) -> str:
    """The name of a picture, which the camera file may give with a suffix."""
    path = PurePosixPath(file_path.replace("\\", "/"))
    return path.stem if path.suffix.lower() in picture_formats.SUFFIXES else path.name


def _names(tensors: Mapping[str, np.ndarray]) -> str:
    """The first names of a file's tensors, for errors."""
    return ", ".join(name or "one without a name" for name in list(tensors)[:8]) or "no tensor"
