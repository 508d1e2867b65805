"""Depth maps as the size of a view's silhouette and as the control picture of a depth ControlNet."""

import numpy as np
from jaxtyping import Float, Int, UInt8
from PIL import Image

NEAR, SLOPE = 0.7, 1.4  # of ShapeNetRenders' depth maps (protocol 1.1)


def closeness(depth: Float[np.ndarray, "*view height width"]) -> UInt8[np.ndarray, "*view height width"]:
    """ShapeNetRenders' 8-bit depth map, inverted: 255 − 255·clip(1.4·(z − 0.7), 0, 1); 0 where nothing is."""
    far = np.clip(SLOPE * (depth - NEAR), 0, 1)
    return (255 - np.round(255 * np.where(depth > 0, far, 1))).astype(np.uint8)


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
