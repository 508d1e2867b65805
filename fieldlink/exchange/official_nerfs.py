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

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated

import numpy as np
from jaxtyping import Float
from pydantic import BaseModel, Field, ValidationError

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.core.tensor_files import named_ending
from fieldlink.nerf.field import HALF
from fieldlink.scenes.importers.resizing import decoded, stacked
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

    camera_angle_x: Annotated[float, Field(gt=0, lt=np.pi)]  # radians
    frames: Annotated[list[OfficialFrame], Field(min_length=1)]


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
        for path in root.glob(f"*/*/{WEIGHTS}")
    ]
    if not nerfs:
        raise InputError(f"{folder}: no [{ROOTS[0]}/]<synset>/<model id>/{WEIGHTS}, expected nf2vec's layout")
    return sorted(nerfs, key=lambda nerf: (nerf.object_id, nerf.synset))


def weights_of(tensors: Mapping[str, np.ndarray], count: int) -> Float[np.ndarray, " weight"]:
    """The flat vector of `count` weights. Zeros behind them are dropped.

    Raises `InputError` if the file has other numbers than `count` weights, or some that aren't finite.
    """
    vector = named_ending(tensors, PARAMETERS)
    if vector is None:
        raise InputError(f"no '{PARAMETERS}', found {_names(tensors)}")
    if vector.ndim != 1 or len(vector) < count or vector[count:].any():
        raise InputError(f"{vector.shape} numbers, nerf.field describes {count:,}")
    vector = vector[:count].astype(np.float32)
    if not np.isfinite(vector).all():
        raise InputError("weights that are not finite")
    return vector


def occupancy_of(tensors: Mapping[str, np.ndarray], cells: int) -> bytes:
    """The grid's bits, packed as in dataset `nerfs`.

    Raises `InputError` unless the grid has one level of `cells` cells per axis and spans our box.
    """
    grid, box = named_ending(tensors, *CELLS), named_ending(tensors, *BOXES)
    if grid is None or box is None:
        raise InputError(f"expected '{CELLS[0]}' and '{BOXES[0]}', found {_names(tensors)}")
    grid = grid[0] if grid.ndim == 4 and len(grid) == 1 else grid
    if grid.shape != (cells,) * 3:
        raise InputError(f"'{CELLS[0]}' of {grid.shape} cells, nerf.fitting.occupancy says {cells} per axis")
    if box.size != 6 or not np.allclose(box.ravel(), [-HALF] * 3 + [HALF] * 3, atol=1e-3):
        raise InputError(f"'{BOXES[0]}' is {box.tolist()}, expected -{HALF} to {HALF}")
    return np.packbits(grid.astype(bool)).tobytes()


def cameras_of(folder: Path) -> tuple[OfficialTransforms, Float[np.ndarray, "view 3 4"]]:
    """The camera file, and its poses from camera to world. An `InputError` names frame and field."""
    path = next((folder / name for name in (COMPRESSED, TRANSFORMS) if (folder / name).is_file()), None)
    if path is None:
        raise InputError(f"{folder}: no {COMPRESSED}, nor {TRANSFORMS}")
    try:
        transforms = OfficialTransforms.model_validate_json(read_foreign(path))
    except ValidationError as error:
        detail = error.errors()[0]
        raise InputError(f"{path}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}") from error
    poses = np.array([frame.transform_matrix[:3] for frame in transforms.frames], np.float32)
    rotations = poses[:, :, :3]
    if not np.allclose(rotations.transpose(0, 2, 1) @ rotations, np.eye(3), atol=1e-3):
        raise InputError(f"{path}: a transform_matrix is no rotation and shift")
    return transforms, poses


def views_of(folder: Path) -> tuple[Views | None, Float[np.ndarray, "view 3 4"], float]:
    """The pictures with their cameras, the poses, and the horizontal field of view in radians.

    The first is None where there are no pictures. Raises `InputError` if only a part of the pictures is there.
    """
    transforms, poses = cameras_of(folder)
    names = [f"{PurePosixPath(frame.file_path or f'{n:02d}').stem}.png" for n, frame in enumerate(transforms.frames)]
    files = [folder / "train" / name for name in names]
    exists = [file.exists() for file in files]
    if not any(exists):
        return None, poses, transforms.camera_angle_x
    if not all(exists):
        raise InputError(f"{files[exists.index(False)]}: missing, other views have their pictures")
    image = stacked([decoded(file) for file in files], str(folder))
    return Views(image, poses, transforms.camera_angle_x), poses, transforms.camera_angle_x


def _names(tensors: Mapping[str, np.ndarray]) -> str:
    """The first names of a file's tensors, for errors."""
    return ", ".join(list(tensors)[:8]) or "no tensor"
