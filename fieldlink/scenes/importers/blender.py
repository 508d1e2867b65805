"""Scenes with a transforms_train.json or transforms.json, as Blender, instant-ngp and nerfstudio export them.

The folder is a scene itself, or holds `<scene>/transforms_train.json` (both of class `unlabelled`), or
`<class>/<scene>/transforms_train.json`. z is up. Views need alpha: the scene is scaled and centred by its visual hull.
Views of several cameras, with an axis off the centre or with distortion are resampled to one ideal camera. Frames
without a picture are left out, and said.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.core.params import Params
from fieldlink.scenes import picture_formats, pictures, visual_hull
from fieldlink.scenes.importers.folder_files import files_below, has_suffix, subfolders
from fieldlink.scenes.importers.item_ids import unique_ids
from fieldlink.scenes.importers.listing import UNLABELLED, ListedItem, Listing, files_digest
from fieldlink.scenes.importers.mesh_files.companions import listed
from fieldlink.scenes.importers.resizing import evenly, shrunk, with_alpha
from fieldlink.scenes.importers.transforms_files import (
    NAMES,
    CameraKeys,
    lens_of,
    read_transforms,
    transforms_file,
)
from fieldlink.scenes.lenses import Lens, ideal_views
from fieldlink.scenes.sources import IMPORTED, ViewSource, item_path
from fieldlink.scenes.views import Views

Z_TO_Y = np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]], np.float32)
CELLS = 96  # of the hull, per axis
TRIED = 10  # scenes that the preflight reads whole
FEW = 3  # pictures that it reads of each of the others: the object may fill one of them
MOST_MISSING = 0.5  # of a scene's pictures: what remains shows the object from too few sides
HALF = 0.75  # half edge of the cube in which a scene of about unit diagonal is measured again


@dataclass(frozen=True)
class PosedPicture:
    """A frame of a scene: its picture's file, its pose with y up, and what its camera file says of the camera."""

    name: str
    path: Path
    pose: Float[np.ndarray, "3 4"]
    camera: CameraKeys


def listing(folder: Path, classes: Collection[str]) -> Listing:
    """Every scene, by its folder's name, with the class before it where there is one."""
    scenes = _scenes(folder)
    for scene, class_name in scenes.items():
        if class_name != UNLABELLED and class_name not in classes:
            raise InputError(f"{scene.parent}: no class of params.yaml, expected one of {', '.join(classes)}")
    names = {
        scene: scene.resolve().name if class_name == UNLABELLED else f"{class_name}.{scene.name}"
        for scene, class_name in scenes.items()
    }
    ids, listing = unique_ids(names, folder), Listing()
    for scene, class_name in scenes.items():
        try:
            listing.items.append(ListedItem(ids[scene], class_name, scene, _content(scene)))
        except InputError as error:
            listing.rejected[ids[scene]] = str(error)
    return listing.without_duplicates()


def _scenes(folder: Path) -> dict[Path, str]:
    """The class of each scene's folder. Raises `InputError` if there is no scene."""
    if transforms_file(folder):
        return {folder: UNLABELLED}
    scenes = {}
    for path in subfolders(folder):
        if transforms_file(path):
            scenes[path] = UNLABELLED
        else:
            scenes |= {scene: path.name for scene in subfolders(path) if transforms_file(scene)}
    if not scenes:
        raise InputError(f"{folder}: no {' or '.join(NAMES[:2])} there, nor in its subfolders, nor in theirs")
    return scenes


def read(scene: Path, most_views: int, resolution: int) -> Views:
    """Up to `most_views` views, evenly spread, of at most `resolution` pixels a side.

    The visual hull's bounding box has unit diagonal and is centred at the origin.
    """
    frames, notes = posed_pictures(scene)
    read_frames = [frames[number] for number in evenly(len(frames), most_views)]
    images, lenses = zip(*(_seen(frame) for frame in read_frames), strict=True)
    image, angle = ideal_views(with_alpha(images, str(scene)), list(lenses), [frame.name for frame in read_frames])
    views = Views(image, np.stack([frame.pose for frame in read_frames]), angle, notes=notes)
    return shrunk(normalised(views, str(scene)), resolution)


def posed_pictures(scene: Path) -> tuple[list[PosedPicture], tuple[str, ...]]:
    """All frames of a scene that have a picture, and a note on the others.

    Raises `InputError` naming the frame if more than `MOST_MISSING` of the pictures are missing, or if a pose is none.
    """
    file = transforms_file(scene)
    assert file is not None, f"{scene} was not listed"
    transforms, frames, missing = read_transforms(file), [], []
    for number, frame in enumerate(transforms.frames):
        where, name = f"{file}: frame {number}", frame.file_path
        pose, path = _pose(frame.transform_matrix, where), _file(scene, name, where)
        if path is None:
            missing.append(f"frame {number} ('{name}')")
        else:
            frames.append(PosedPicture(where, path, pose, transforms.camera(number)))
    count = f"{len(missing)} of {len(transforms.frames)} pictures"
    if len(missing) > MOST_MISSING * len(transforms.frames):
        raise InputError(f"{file}: {missing[0]}: no such picture; {count} are missing, at most half may be")
    return frames, (f"without {count}: {listed(missing)} not found",) if missing else ()


def _seen(frame: PosedPicture) -> tuple[UInt8[np.ndarray, "height width 4"], Lens]:
    """A frame's picture and lens. `w` and `h` mean pixels as they are stored, if these have that shape."""
    data = read_foreign(frame.path)
    try:
        upright = not frame.camera.is_of_size(pictures.size(data, upright=False))
        image, size = pictures.decode(data, upright=upright), pictures.size(data, upright)
    except InputError as error:
        raise InputError(f"{frame.path}: {error}") from error
    height, width = image.shape[:2]
    return image, lens_of(frame.camera, size, (width, height), frame.name)


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


def _file(scene: Path, file_path: str, where: str) -> Path | None:
    """The frame's picture, inside the scene's folder; None without one. A path without suffix means a PNG."""
    path = scene / file_path.replace("\\", "/")
    if "\0" in file_path or not path.resolve().is_relative_to(scene.resolve()):
        raise InputError(f"{where} ('{file_path}'): outside the scene's folder")
    with_suffix = (path.with_name(path.name + suffix) for suffix in ("", ".png", ".jpg", ".jpeg", ".webp"))
    return next((candidate for candidate in with_suffix if candidate.exists()), None)


def _pose(matrix: list[list[float]], where: str) -> Float[np.ndarray, "3 4"]:
    pose = np.array(matrix, np.float32)[:3]
    if not np.allclose(pose[:, :3].T @ pose[:, :3], np.eye(3), atol=1e-3) or np.linalg.det(pose[:, :3]) < 0:
        raise InputError(f"{where}: transform_matrix is no rotation and shift")
    return Z_TO_Y @ pose


def _content(scene: Path) -> str:
    """Digest of a scene's camera file and pictures."""
    file = transforms_file(scene)
    return files_digest([*([file] if file else []), *files_below(scene, has_suffix(picture_formats.SUFFIXES)).paths])


def count(params: Params) -> Counter[str]:
    """Number of scenes, whatever their classes."""
    return Counter("scenes" for _ in _scenes(params.scenes.folder))


def trial(params: Params) -> dict[str, str]:
    """Reasons of scenes that reading sets aside, by folder: some are read, of others the cameras and few pictures."""
    reasons, scenes = {}, params.scenes
    for number, scene in enumerate(_scenes(scenes.folder)):
        try:
            read(scene, scenes.views, scenes.resolution) if number < TRIED else _try_few_pictures(scene)
        except InputError as error:
            reasons[scene.name] = str(error)
    return reasons


def _try_few_pictures(scene: Path) -> None:
    """Raise `InputError` if a scene's cameras, or `FEW` of its pictures, can't be used."""
    frames, _ = posed_pictures(scene)
    with_alpha([_seen(frames[number])[0] for number in evenly(len(frames), FEW)], str(scene))


SOURCE = ViewSource(
    title="Blender scenes",
    page_text="scenes in the Blender layout",
    parameters=IMPORTED,
    count=count,
    listing=listing,
    trial=trial,
    views=lambda task: read(item_path(task), task.scenes.views, task.scenes.resolution),
    single_scenes=True,
    every_class=False,
)
