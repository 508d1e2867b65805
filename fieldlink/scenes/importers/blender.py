"""Scenes with a transforms_train.json, as the Blender exporters of NeRF write it; z is up.

The folder is a scene itself, or holds `<scene>/transforms_train.json` (both of class `unlabelled`), or
`<class>/<scene>/transforms_train.json`. Views need alpha: the scene is scaled and centred by its visual hull.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
from jaxtyping import Float
from pydantic import BaseModel, Field, ValidationError

from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.scenes import pictures, visual_hull
from fieldlink.scenes.importers.listing import UNLABELLED, ListedItem, Listing, collected, files_digest, safe
from fieldlink.scenes.importers.resizing import evenly, shrunk, stacked
from fieldlink.scenes.sources import IMPORTED, ViewSource, item_path
from fieldlink.scenes.views import Views

TRANSFORMS = "transforms_train.json"
Z_TO_Y = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float32)
CELLS = 96  # of the hull, per axis
HALF = 0.75  # half edge of the cube in which a scene of about unit diagonal is measured again

Row = Annotated[list[Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=4, max_length=4)]


class BlenderFrame(BaseModel):
    file_path: str
    transform_matrix: Annotated[list[Row], Field(min_length=4, max_length=4)]  # camera to world, OpenGL axes


class BlenderTransforms(BaseModel):
    camera_angle_x: Annotated[float, Field(gt=0, lt=np.pi)]  # radians
    frames: Annotated[list[BlenderFrame], Field(min_length=1)]


def listing(folder: Path, classes: Collection[str]) -> Listing:
    """Every scene, by its folder's name, with the class before it where there is one."""
    scenes = [path.parent for path in [folder / TRANSFORMS, *sorted(folder.glob(f"*/{TRANSFORMS}"))] if path.is_file()]
    items = [(safe(scene.resolve().name), UNLABELLED, scene) for scene in scenes]
    for path in sorted(folder.glob(f"*/*/{TRANSFORMS}")):
        class_folder = path.parent.parent
        if class_folder.name not in classes:
            raise InputError(f"{class_folder}: no class of params.yaml, expected one of {', '.join(classes)}")
        items.append((f"{class_folder.name}.{safe(path.parent.name)}", class_folder.name, path.parent))
    if not items:
        raise InputError(f"{folder}: no {TRANSFORMS} there, nor in its subfolders, nor in theirs")
    return collected(
        ListedItem(name, class_name, scene, _content(scene)) for name, class_name, scene in items
    ).without_duplicates()


def read(scene: Path, most_views: int, resolution: int) -> Views:
    """Up to `most_views` views, evenly spread, of at most `resolution` pixels a side.

    The visual hull's bounding box has unit diagonal and is centred at the origin.
    """
    transforms = transforms_of(scene / TRANSFORMS)
    numbers = evenly(len(transforms.frames), most_views).tolist()
    images = [pictures.decode(_file(scene, view, transforms.frames[view]).read_bytes()) for view in numbers]
    poses = np.stack([_pose(scene, view, transforms.frames[view]) for view in numbers])
    views = Views(stacked(images, str(scene)), poses, transforms.camera_angle_x)
    return shrunk(normalised(views, str(scene)), resolution)


def transforms_of(path: Path) -> BlenderTransforms:
    """The cameras of a file. An `InputError` names file, frame and field."""
    try:
        return BlenderTransforms.model_validate_json(path.read_bytes())
    except ValidationError as error:
        faults = [f"{path}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise InputError("\n".join(faults[:5])) from error


def normalised(views: Views, name: str) -> Views:
    """Poses moved and scaled so that the visual hull's bounding box has unit diagonal and is centred at the origin."""
    axes, centres = -views.camera_to_world[:, :, 2], views.camera_to_world[:, :, 3]
    across = np.eye(3) - axes[:, :, None] * axes[:, None, :]
    middle = np.linalg.lstsq(across.sum(0), np.einsum("vij,vj->i", across, centres), rcond=None)[0]  # of all axes
    longest = np.linalg.norm(centres - middle, axis=1).max()
    _, height, width, _ = views.image.shape
    half = longest * np.tan(views.camera_angle_x / 2) * max(1.0, height / width)
    views = _moved(views, middle, 1.0)
    for extent in (half, HALF):  # coarse, then fine
        hull = visual_hull.carve(views, CELLS, float(extent))
        if not hull.any():
            raise InputError(f"{name}: the silhouettes have no common visual hull; do poses and pictures fit?")
        low, high = visual_hull.bounds(hull, float(extent))
        views = _moved(views, (low + high) / 2, float(1 / np.linalg.norm(high - low)))
    return views


def _moved(views: Views, origin: Float[np.ndarray, "3"], scale: float) -> Views:
    poses = views.camera_to_world.copy()
    poses[:, :, 3] = scale * (poses[:, :, 3] - origin)
    return replace(views, camera_to_world=poses.astype(np.float32))


def _file(scene: Path, number: int, frame: BlenderFrame) -> Path:
    """The frame's picture, inside the scene's folder. A path without suffix means a PNG."""
    where = f"{scene / TRANSFORMS}: frame {number} ('{frame.file_path}')"
    path = scene / frame.file_path
    if not path.resolve().is_relative_to(scene.resolve()):
        raise InputError(f"{where}: outside the scene's folder")
    path = path if path.is_file() else path.with_name(path.name + ".png")
    if not path.is_file():
        raise InputError(f"{where}: no such picture, expected {path}")
    return path


def _pose(scene: Path, number: int, frame: BlenderFrame) -> Float[np.ndarray, "3 4"]:
    pose = np.array(frame.transform_matrix, np.float32)[:3]
    if not np.allclose(pose[:, :3].T @ pose[:, :3], np.eye(3), atol=1e-3) or np.linalg.det(pose[:, :3]) < 0:
        raise InputError(f"{scene / TRANSFORMS}: frame {number}: transform_matrix is no rotation and shift")
    return Z_TO_Y @ pose


def _content(scene: Path) -> str:
    suffixes = {".png", ".jpg", ".jpeg", ".webp"}
    files = (path for path in sorted(scene.rglob("*")) if path.suffix.lower() in suffixes)
    return files_digest([scene / TRANSFORMS, *files])


def count(params: Params) -> Counter[str]:
    """Number of scenes, whatever their classes."""
    return Counter("scenes" for _ in params.scenes.folder.glob(f"**/{TRANSFORMS}"))


SOURCE = ViewSource(
    title="Blender scenes",
    page_text="scenes in the Blender layout",
    parameters=IMPORTED,
    count=count,
    listing=listing,
    views=lambda task: read(item_path(task), task.scenes.views, task.scenes.resolution),
    single_scenes=True,
    every_class=False,
)
