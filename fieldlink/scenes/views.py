"""The posed views of one object, and their rows in dataset `views`."""

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from jaxtyping import Float, UInt8

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import VIEWS
from fieldlink.scenes import pictures

NEAREST, SLOPE = 0.7, 1.4  # of ShapeNetRenders' depth maps (protocol 1.1)


@dataclass(frozen=True)
class Views:
    """All views of one object: straight-alpha RGBA, poses, one field of view in radians, z-depth where known."""

    image: UInt8[np.ndarray, "view height width 4"]
    camera_to_world: Float[np.ndarray, "view 3 4"]
    camera_angle_x: float
    depth: Float[np.ndarray, "view height width"] | None = None  # 0 = nothing there
    notes: tuple[str, ...] = ()  # for the user: what an object is seen without

    def __len__(self) -> int:
        return len(self.image)


def view_subset(views: Views, numbers: list[int]) -> Views:
    """The views of some numbers alone."""
    depth = None if views.depth is None else views.depth[numbers]
    return Views(views.image[numbers], views.camera_to_world[numbers], views.camera_angle_x, depth)


def shapenet_depth_map(depth: Float[np.ndarray, "*view height width"]) -> UInt8[np.ndarray, "*view height width"]:
    """Z-depths in 8 bits as ShapeNetRenders has them: 255·clip(1.4·(z − 0.7), 0, 1); white where nothing is."""
    far = np.clip(SLOPE * (depth - NEAREST), 0, 1)
    return np.round(255 * np.where(depth > 0, far, 1)).astype(np.uint8)


def depth_of_shapenet_map(grey: UInt8[np.ndarray, "*view height width"]) -> Float[np.ndarray, "*view height width"]:
    """The z-depths of such a map; white is 1.41, the farthest."""
    return grey / np.float32(255 * SLOPE) + np.float32(NEAREST)


def columns(object_id: str, views: Views) -> dict[str, Any]:
    """The rows of dataset `views` that hold one object, as columns."""
    count, height, width, _ = views.image.shape
    far = 0.0 if views.depth is None else max(float(views.depth.max()), 1e-6)
    depths = [(None, None)] * count if views.depth is None else [pictures.encode_depth(d, far) for d in views.depth]
    return {
        "object_id": [object_id] * count,
        "view": list(range(count)),
        "image": [pictures.encode(image) for image in views.image],
        "camera_to_world": views.camera_to_world.reshape(count, 12),
        "camera_angle_x": [views.camera_angle_x] * count,
        "width": [width] * count,
        "height": [height] * count,
        "depth": [data for data, _ in depths],
        "depth_scale": [scale for _, scale in depths],
    }


def joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Columns of several objects one below the other."""
    joint = {name: [value for part in parts for value in part[name]] for name in VIEWS.columns}
    poses = [np.zeros((0, 12), np.float32), *(part["camera_to_world"] for part in parts)]
    return joint | {"camera_to_world": np.concatenate(poses)}


def of_rows(rows: pa.Table) -> Views:
    """The views of one object from its rows; a picture of another size or field of view is an error."""
    image = [pictures.decode(data.as_py()) for data in rows["image"]]
    angles = set(rows["camera_angle_x"].to_pylist())
    if len({picture.shape for picture in image}) > 1 or len(angles) > 1:
        raise InputError(f"{rows['object_id'][0]}: views differ in size or field of view, expected one of each")
    depth = None
    if "depth" in rows.column_names and rows["depth"].null_count == 0:
        pairs = zip(rows["depth"].to_pylist(), rows["depth_scale"].to_pylist(), strict=True)
        depth = np.stack([pictures.decode_depth(data, scale) for data, scale in pairs])
    poses = datasets.matrix(rows["camera_to_world"]).reshape(-1, 3, 4)
    return Views(np.stack(image), poses, angles.pop(), depth)


def by_object(rows: pa.Table) -> dict[str, pa.Table]:
    """Rows of several objects, split by object; rows are in key order."""
    return dict(datasets.groups_by_key(rows, "object_id"))


def digests_of_views(views: Path, ids: Set[str]) -> dict[str, str]:
    """The digest of each object's views. Raises `InputError` if an object has none."""
    digests = datasets.digests_by_key(datasets.shards(views, VIEWS), "object_id")
    if unseen := sorted(ids - digests.keys()):
        raise InputError(f"{views}: no views of {len(unseen)} of {len(ids)} objects ({', '.join(unseen[:3])}, …)")
    return {object_id: digests[object_id] for object_id in sorted(ids)}
