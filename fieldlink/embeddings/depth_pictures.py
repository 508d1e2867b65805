"""Depth maps as grey pictures that CLIP can be asked about, as PointCLIP does (Zhang et al. 2022)."""

import numpy as np
from jaxtyping import Float, UInt8

FARTHEST_BRIGHTNESS = 0.2  # brightness of a picture's farthest point: still apart from the black of nothing


def depth_picture(depth: Float[np.ndarray, "height width"]) -> UInt8[np.ndarray, "height width 3"]:
    """Near white, far dark, nothing (depth 0) black; each picture over its own range."""
    there = depth > 0
    near, far = (depth[there].min(), depth[there].max()) if there.any() else (0.0, 1.0)
    away = (depth - near) / max(float(far - near), 1e-6)
    bright = np.where(there, 1 - (1 - FARTHEST_BRIGHTNESS) * away, 0)
    return np.repeat((255 * bright + 0.5).astype(np.uint8)[..., None], 3, axis=2)
