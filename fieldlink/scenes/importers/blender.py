"""Scenes with a transforms_train.json or transforms.json, as Blender, instant-ngp and nerfstudio export them.

The folder is a scene itself, or holds `<scene>/transforms_train.json` (both of class `unlabelled`), or
`<class>/<scene>/transforms_train.json`. z is up. Views need alpha: the scene is scaled and centred by its visual hull.
A frame's mask (`mask_path`) is the alpha of a picture that has none. Views of several cameras, with an axis off the
centre or with distortion are resampled to one ideal camera. Frames without a picture are left out, and said.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float

from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.scenes import picture_formats, visual_hull
from fieldlink.scenes.importers.folder_files import count_files, files_below, has_suffix, subfolders
from fieldlink.scenes.importers.item_ids import unique_ids
from fieldlink.scenes.importers.listing import UNLABELLED, ListedItem, Listing, files_digest
from fieldlink.scenes.importers.posed_pictures import posed_pictures, seen
from fieldlink.scenes.importers.resizing import evenly, shrunk, with_alpha
from fieldlink.scenes.importers.silhouette_fit import LEAST_OF_PHOTOS, check_fit, check_shown
from fieldlink.scenes.importers.transforms_files import NAMES, transforms_file
from fieldlink.scenes.lenses import ideal_views
from fieldlink.scenes.source_types import IMPORTED, ViewSource, item_path
from fieldlink.scenes.views import Views

CELLS = 96  # of the hull, per axis
TRIED = 10  # scenes that the preflight reads whole
FEW = 3  # pictures that it reads of each of the others: the object may fill one of them
ONE_PLACE = 1e-6  # of the largest coordinate: cameras that are no further apart stand in one place
HALF = 0.75  # half edge of the cube in which a scene of about unit diagonal is measured again


def listing(folder: Path, classes: Collection[str]) -> Listing:
    """Every scene, by its folder's name, with the class before it where there is one."""
    scenes, others = _scenes(folder)
    for scene, class_name in scenes.items():
        if class_name != UNLABELLED and class_name not in classes:
            raise InputError(f"{scene.parent}: no class of params.yaml, expected one of {', '.join(classes)}")
    names = {
        scene: scene.resolve().name if class_name == UNLABELLED else f"{class_name}.{scene.name}"
        for scene, class_name in scenes.items()
    }
    ids, listing = unique_ids(names, folder), Listing(other_files=others)
    for scene, class_name in scenes.items():
        try:
            listing.items.append(ListedItem(ids[scene], class_name, scene, _content(scene)))
        except InputError as error:
            listing.rejected[ids[scene]] = str(error)
    return listing.without_duplicates()


def _scenes(folder: Path) -> tuple[dict[Path, str], Counter[str]]:
    """The class of each scene's folder, and the number of files in folders that are none.

    Raises `InputError` if there is no scene.
    """
    if transforms_file(folder):
        return {folder: UNLABELLED}, Counter()
    scenes, others = {}, []
    for path in subfolders(folder):
        if transforms_file(path):
            scenes[path] = UNLABELLED
            continue
        inside = subfolders(path)
        of_class = {scene: path.name for scene in inside if transforms_file(scene)}
        others += [scene for scene in inside if scene not in of_class] if of_class else [path]
        scenes |= of_class
    if not scenes:
        raise InputError(f"{folder}: no {' or '.join(NAMES[:2])} there, nor in its subfolders, nor in theirs")
    counts = {f"in {path.relative_to(folder)}/": count_files(path, lambda file: True) for path in others}
    return scenes, +Counter(counts)


def read(scene: Path, most_views: int, resolution: int) -> Views:
    """Up to `most_views` views, evenly spread, of at most `resolution` pixels a side.

    The visual hull's bounding box has unit diagonal and is centred at the origin.
    """
    frames, notes = posed_pictures(scene)
    read_frames = [frames[number] for number in evenly(len(frames), most_views)]
    images, lenses = zip(*(seen(frame) for frame in read_frames), strict=True)
    names = [frame.name for frame in read_frames]
    image, angle = ideal_views(with_alpha(images, str(scene)), list(lenses), names)
    check_shown(image, names)
    views = Views(image, np.stack([frame.pose for frame in read_frames]), angle, notes=notes)
    views = shrunk(normalised(views, str(scene)), resolution)
    check_fit(views, names, [bool(picture[..., 3].min() > 0) for picture in images], str(scene), LEAST_OF_PHOTOS)
    return views


def normalised(views: Views, name: str) -> Views:
    """Poses moved and scaled so that the visual hull's bounding box has unit diagonal and is centred at the origin."""
    axes, centres = -views.camera_to_world[:, :, 2], views.camera_to_world[:, :, 3]
    across = np.eye(3) - axes[:, :, None] * axes[:, None, :]
    middle = np.linalg.lstsq(across.sum(0), np.einsum("vij,vj->i", across, centres), rcond=None)[0]  # of all axes
    longest = np.linalg.norm(centres - middle, axis=1).max()
    apart = np.ptp(centres, axis=0).max() > ONE_PLACE * np.abs(centres).max() if len(centres) > 1 else longest > 0
    if not apart:
        raise InputError(f"{name}: all cameras stand in one place, expected them around the object")
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


def _content(scene: Path) -> str:
    """Digest of a scene's camera file and pictures, also of those in folders that it links to."""
    file, accept = transforms_file(scene), has_suffix({*picture_formats.SUFFIXES, ""})
    folders = [scene, *(path for path in subfolders(scene) if path.is_symlink())]
    paths = [path for folder in folders for path in files_below(folder, accept).paths]
    return files_digest([*([file] if file else []), *paths])


def count(params: Params) -> Counter[str]:
    """Number of scenes, whatever their classes."""
    return Counter("scenes" for _ in _scenes(params.scenes.folder)[0])


def trial(params: Params) -> dict[str, str]:
    """Reasons of scenes that reading sets aside, by folder: some are read, of others the cameras and few pictures."""
    reasons, scenes = {}, params.scenes
    for number, scene in enumerate(_scenes(scenes.folder)[0]):
        try:
            read(scene, scenes.views, scenes.resolution) if number < TRIED else _try_few_pictures(scene)
        except InputError as error:
            reasons[str(scene.relative_to(scenes.folder)) if scene != scenes.folder else scene.name] = str(error)
    return reasons


def _try_few_pictures(scene: Path) -> None:
    """Raise `InputError` if a scene's cameras, or `FEW` of its pictures, can't be used."""
    frames, _ = posed_pictures(scene)
    with_alpha([seen(frames[number])[0] for number in evenly(len(frames), FEW)], str(scene))


SOURCE = ViewSource(
    title="Blender scenes",
    page_text="scenes in the Blender layout",
    parameters=IMPORTED,
    count=count,
    listing=listing,
    single_scenes=True,
    every_class=False,
    captions=False,
    trial=trial,
    trial_extent=f"the first {TRIED} read whole, of the others {FEW} pictures",
    views=lambda task: read(item_path(task), task.scenes.views, task.scenes.resolution),
    lists_copies=False,
    depth=None,
)
