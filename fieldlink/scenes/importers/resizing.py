"""Imported views brought to the study's size and number."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float, Integer
from PIL import Image

from fieldlink.core.errors import InputError
from fieldlink.scenes.views import Views


def evenly(count: int, most: int) -> Integer[np.ndarray, " kept"]:
    """Indices of `most` of `count` views, evenly spread and in order; all of them if there are no more."""
    return np.arange(min(count, most)) * count // min(count, most)


def shrunk(views: Views, resolution: int) -> Views:
    """Views of at most `resolution` pixels a side: means over areas, colours weighted by alpha. Never enlarged."""
    _, height, width, _ = views.image.shape
    if max(height, width) <= resolution:
        return views
    scale = resolution / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = [np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX)) for image in views.image]
    depth = None if views.depth is None else np.stack([_shrunk_depth(each, size) for each in views.depth])
    return replace(views, image=np.stack(small), depth=depth)  # Pillow weighs by alpha itself


def _shrunk_depth(depth: Float[np.ndarray, "_ _"], size: tuple[int, int]) -> Float[np.ndarray, "_ _"]:
    """Means over what lies in an area; 0 where nothing does."""
    sums, shares = (
        np.asarray(Image.fromarray(part.astype(np.float32)).resize(size, Image.Resampling.BOX))
        for part in (depth, depth > 0)
    )
    return np.where(shares > 0, sums / np.maximum(shares, 1e-6), 0).astype(np.float32)


def stacked(images: list[np.ndarray], name: str) -> np.ndarray:
    """Pictures of one size and with a silhouette, as one array; else an `InputError` that names the scene."""
    sizes = sorted({image.shape[1::-1] for image in images})
    if len(sizes) > 1:
        raise InputError(f"{name}: views of {sizes[0]} and {sizes[1]} pixels, expected one size")
    joint = np.stack(images)
    if joint[..., 3].min() == 255:
        raise InputError(f"{name}: views without transparency, expected RGBA with the background's alpha 0")
    return joint
