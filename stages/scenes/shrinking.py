"""Imported views brought to the study's size and number."""

from dataclasses import replace

import numpy as np
from jaxtyping import Integer
from PIL import Image

from stages.errors import InputError
from stages.scenes.views import Views


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
    return replace(views, image=np.stack(small))  # Pillow weighs by alpha itself


def stacked(images: list[np.ndarray], name: str) -> np.ndarray:
    """Pictures of one size and with a silhouette, as one array; else an `InputError` that names the scene."""
    sizes = sorted({image.shape[1::-1] for image in images})
    if len(sizes) > 1:
        raise InputError(f"{name}: views of {sizes[0]} and {sizes[1]} pixels, expected one size")
    joint = np.stack(images)
    if joint[..., 3].min() == 255:
        raise InputError(f"{name}: views without transparency, expected RGBA with the background's alpha 0")
    return joint
