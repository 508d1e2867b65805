"""Depth maps as grey pictures for CLIP, as in PointCLIP (Zhang et al. 2022)."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from jaxtyping import Float, UInt8

from fieldlink.core.schemas import VIEWS
from fieldlink.embeddings.view_embeddings import ViewRows
from fieldlink.scenes.pictures import decode_depth

COLUMNS = ("object_id", "view", "depth", "depth_scale")  # of dataset `views`
FARTHEST_BRIGHTNESS = 0.2  # of a picture's farthest point: brighter than the black of nothing


def drawn_views(rows: pa.Table, count: int, study_seed: int) -> pa.Table:
    """Rows of `views` with a depth map, in order of object and view: at most `count` of each object, drawn once."""
    rows = rows.filter(pc.field("depth").is_valid()).sort_by([(name, "ascending") for name in VIEWS.key])
    views = ViewRows.of_owners(rows["object_id"].to_pylist(), rows["view"].to_numpy())
    return rows.filter(views.draw(study_seed, "depth") < count)


def depth_pictures(rows: pa.Table) -> list[UInt8[np.ndarray, "_ _ 3"]]:
    """The depth maps in rows of `views` as pictures."""
    pairs = zip(rows["depth"].to_pylist(), rows["depth_scale"].to_pylist(), strict=True)
    return [depth_picture(decode_depth(data, scale)) for data, scale in pairs]


def depth_picture(depth: Float[np.ndarray, "height width"]) -> UInt8[np.ndarray, "height width 3"]:
    """A depth map as 8-bit grey: near white, far dark, nothing (depth 0) black, over its own range of depths."""
    present = depth > 0
    near, far = (depth[present].min(), depth[present].max()) if present.any() else (0.0, 1.0)
    distance = (depth - near) / max(float(far - near), 1e-6)
    bright = np.where(present, 1 - (1 - FARTHEST_BRIGHTNESS) * distance, 0)
    return np.repeat((255 * bright + 0.5).astype(np.uint8)[..., None], 3, axis=2)
