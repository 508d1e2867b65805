"""Depth maps as the size of a view's silhouette and as the control picture of a depth ControlNet."""

import numpy as np
from jaxtyping import Float, Int, UInt8
from PIL import Image

from fieldlink.scenes.views import shapenet_depth_map


def closeness(depth: Float[np.ndarray, "*view height width"]) -> UInt8[np.ndarray, "*view height width"]:
    """ShapeNetRenders' depth map, inverted: 255 is near, 0 far or where nothing is."""
    return 255 - shapenet_depth_map(depth)


def largest_silhouettes(depth: Float[np.ndarray, "view height width"], count: int) -> Int[np.ndarray, " chosen"]:
    """Places, in order, of the `count` views whose `closeness` sums highest: large and near silhouettes.

    If there are fewer views, these are all. Of equal views the first counts.
    """
    sums = closeness(depth).sum(axis=(1, 2), dtype=np.int64)
    return np.sort(np.argsort(-sums, kind="stable")[:count])


def control_image(depth: Float[np.ndarray, "height width"], size: int) -> UInt8[np.ndarray, "size size 3"]:
    """A view's `closeness`, resized, as the RGB picture a depth ControlNet takes."""
    resized = Image.fromarray(closeness(depth)).resize((size, size), Image.Resampling.BILINEAR)
    return np.repeat(np.asarray(resized)[..., None], 3, axis=2)
