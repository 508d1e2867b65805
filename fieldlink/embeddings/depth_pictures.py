"""Depth maps as grey pictures for CLIP, as in PointCLIP (Zhang et al. 2022)."""

import numpy as np
from jaxtyping import Float, UInt8

FARTHEST_BRIGHTNESS = 0.2  # of a picture's farthest point: brighter than the black of nothing


def depth_picture(depth: Float[np.ndarray, "height width"]) -> UInt8[np.ndarray, "height width 3"]:
    """A depth map as 8-bit grey: near white, far dark, nothing (depth 0) black, over its own range of depths."""
    present = depth > 0
    near, far = (depth[present].min(), depth[present].max()) if present.any() else (0.0, 1.0)
    distance = (depth - near) / max(float(far - near), 1e-6)
    bright = np.where(present, 1 - (1 - FARTHEST_BRIGHTNESS) * distance, 0)
    return np.repeat((255 * bright + 0.5).astype(np.uint8)[..., None], 3, axis=2)
