"""Rendered views in the ShapeNetRenders layout of DISN (protocol 1.1).

    <folder>/image/<synset>/<model id>/easy/NN.png, rendering_metadata.txt
    <folder>/depth/<synset>/<model id>/easy/NN.png   optional

The metadata has a line per view: `[azimuth, elevation, in_plane, dist_ratio, focal_mm, sensor_mm, max_dist, x, y, z],`.
Their world has z up: our (x, y, z) is their (x, z, -y). A depth map is a `views.shapenet_depth_map`: white behind the
object. Depths above 1.41 are white too and are read as 1.41.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float, Integer, UInt8

from fieldlink.core.errors import InputError
from fieldlink.core.params import ObjectClass, Params
from fieldlink.scenes.cameras import look_at_origin
from fieldlink.scenes.importers.foreign_texts import read_text
from fieldlink.scenes.importers.listing import Listing, files_digest, folders_by_synset
from fieldlink.scenes.importers.resizing import decoded, evenly, shrunk, stacked
from fieldlink.scenes.importers.shapenet import by_model, models_without
from fieldlink.scenes.importers.silhouette_fit import LEAST_OF_RENDERED, check_fit
from fieldlink.scenes.source_types import IMPORTED, ViewSource, item_path
from fieldlink.scenes.views import Views, depth_of_shapenet_map

METADATA = "rendering_metadata.txt"
VERTICAL = 90  # degrees
LARGEST = 1_000_000  # of the metadata's numbers
FIELDS = ("azimuth", "elevation", "in_plane", "dist_ratio", "focal", "sensor", "max_dist", "x", "y", "z")


def listing(folder: Path, classes: Mapping[str, ObjectClass]) -> Listing:
    """Every model with easy views; a model id under several synsets is dropped everywhere (protocol 1)."""
    models = [(easy.parts[-3], easy.parts[-2], easy) for easy in sorted(folder.glob("image/*/*/easy"))]
    if not models:
        raise InputError(f"{folder}: no image/<synset>/<model id>/easy, expected the ShapeNetRenders layout")
    listed = by_model(models, classes, content=_content, companions=_depth_content)
    listed.other_files = models_without("easy", folder / "image", classes)
    return listed


def read(easy: Path, most_views: int, resolution: int) -> Views:
    """Up to `most_views` views of one model, evenly spread, of at most `resolution` pixels a side."""
    poses, angle = cameras_of(easy / METADATA)
    every_file = [easy / f"{view:02d}.png" for view in range(len(poses))]
    for file in every_file:
        if not file.is_file():
            raise InputError(f"{file}: missing, {METADATA} has {len(poses)} views")
    if (beyond := easy / f"{len(poses):02d}.png").is_file():
        raise InputError(f"{beyond}: {METADATA} has {len(poses)} lines, expected one for it")
    numbers = evenly(len(poses), most_views)
    files = [every_file[number] for number in numbers]
    images = stacked([decoded(file) for file in files], str(easy))
    depth = depth_of(easy, numbers, images[..., 3])
    views = shrunk(Views(images, poses[numbers], angle, depth), resolution)
    check_fit(views, [str(file) for file in files], [False] * len(files), str(easy), LEAST_OF_RENDERED)
    return views


def depth_of(
    easy: Path, numbers: Integer[np.ndarray, " view"], alpha: UInt8[np.ndarray, "view height width"]
) -> Float[np.ndarray, "view height width"] | None:
    """z-depth of the views with these numbers, 0 where `alpha` is 0; None if the model has no depth maps."""
    folder = _depths(easy)
    if not folder.is_dir():
        return None
    files = [folder / f"{view:02d}.png" for view in numbers]
    for file in files:
        if not file.is_file():
            raise InputError(f"{file}: missing, {folder} has depth maps of other views")
    grey = [decoded(file)[..., 0] for file in files]
    if {picture.shape for picture in grey} != {alpha.shape[1:]}:
        raise InputError(f"{folder}: depth maps of another size than the views of {easy}")
    return np.where(alpha > 0, depth_of_shapenet_map(np.stack(grey)), np.float32(0))


def cameras_of(metadata: Path) -> tuple[Float[np.ndarray, "view 3 4"], float]:
    """Poses and field of view (radians). An `InputError` names the line that isn't a view of the easy set."""
    if not metadata.is_file():
        raise InputError(f"{metadata}: missing, expected a line per view")
    lines = [line for line in read_text(metadata, "a line per view").splitlines() if line.strip()]
    rows = np.array([_numbers(line, f"{metadata}: line {number}") for number, line in enumerate(lines, start=1)])
    if len(rows) == 0:
        raise InputError(f"{metadata}: no lines, expected one per view")
    azimuth, elevation, _, ratio, focal, sensor, longest = rows.T[:7]
    if len(set(focal)) > 1 or len(set(sensor)) > 1:
        raise InputError(f"{metadata}: several focal lengths or sensors, expected one of each")
    return look_at_origin(azimuth, elevation, ratio * longest), float(2 * np.arctan(0.5 * sensor[0] / focal[0]))


def _numbers(line: str, where: str) -> list[float]:
    parts = line.strip().rstrip(",").strip().strip("[]").split(",")
    if len(parts) != len(FIELDS):
        raise InputError(f"{where}: {len(parts)} fields, expected {len(FIELDS)}: {', '.join(FIELDS)}")
    try:
        numbers = [float(part) for part in parts]
    except ValueError as error:
        raise InputError(f"{where}: {error}, expected a number per field") from error
    value_of = dict(zip(FIELDS, numbers, strict=True))
    if abs(value_of["elevation"]) > VERTICAL:
        raise InputError(f"{where}: elevation {value_of['elevation']:g}, expected -{VERTICAL} to {VERTICAL} degrees")
    if not np.isfinite(numbers).all() or np.abs(numbers).max() > LARGEST:
        raise InputError(f"{where}: a number that isn't finite, or beyond {LARGEST:,}")
    if min(value_of[name] for name in ("dist_ratio", "focal", "sensor", "max_dist")) <= 0:
        raise InputError(f"{where}: dist_ratio, focal, sensor and max_dist must be above 0")
    if any(value_of[name] for name in ("in_plane", "x", "y", "z")):
        raise InputError(f"{where}: in_plane, x, y and z must be 0 (the easy set); the hard set is not read")
    return numbers


def _content(easy: Path) -> str:
    if not easy.is_dir():
        raise InputError(f"{easy}: a file, expected a folder of views")
    return files_digest(sorted(path for path in easy.iterdir() if path.suffix == ".png" or path.name == METADATA))


def _depths(easy: Path) -> Path:
    """Folder of the depth maps of `image/<synset>/<model id>/easy`."""
    return easy.parents[3] / "depth" / Path(*easy.parts[-3:])


def _depth_content(easy: Path) -> str:
    folder = _depths(easy)
    return files_digest(sorted(folder.glob("*.png"))) if folder.is_dir() else ""


def count(params: Params) -> Counter[str]:
    """Models of each class."""
    return folders_by_synset(params.scenes.folder, f"image/*/*/easy/{METADATA}", -4, params.classes)


SOURCE = ViewSource(
    title="ShapeNetRenders (DISN)",
    page_text="rendered views in the ShapeNetRenders layout",
    parameters=IMPORTED,
    count=count,
    listing=listing,
    single_scenes=True,
    every_class=True,
    captions=False,
    trial=None,
    trial_extent="",
    views=lambda task: read(item_path(task), task.scenes.views, task.scenes.resolution),
    lists_copies=False,
    depth=lambda folder: any(folder.glob("depth/*/*/easy")),
)
