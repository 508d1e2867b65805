"""Imported views brought to the study's size and number."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Integer, UInt8
from PIL import Image

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.scenes import pictures
from fieldlink.scenes.views import Views

Picture = UInt8[np.ndarray, "_ _ 4"]


def decoded(file: Path) -> Picture:
    """The picture of a view's file, straight-alpha RGBA. Raises `InputError` naming the file."""
    data = read_foreign(file)
    try:
        return pictures.decode(data)
    except InputError as error:
        raise InputError(f"{file}: {error}") from error


def evenly(count: int, most: int) -> Integer[np.ndarray, " view"]:
    """Indices of `most` of `count` views, evenly spread and in order; all of them if there are no more."""
    return np.arange(min(count, most)) * count // min(count, most)


def shrunk(views: Views, resolution: int) -> Views:
    """Views of at most `resolution` pixels a side: means over areas, colours weighted by alpha. Never enlarges."""
    _, height, width, _ = views.image.shape
    if max(height, width) <= resolution:
        return views
    scale = resolution / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = [np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX)) for image in views.image]
    depth = None if views.depth is None else np.stack([_shrunk_depth(depth, size) for depth in views.depth])
    return replace(views, image=np.stack(small), depth=depth)  # Pillow weighs by alpha itself


def _shrunk_depth(depth: Float[np.ndarray, "_ _"], size: tuple[int, int]) -> Float[np.ndarray, "_ _"]:
    """Means over the depths above 0 of each area; 0 where there are none."""
    sums, shares = (
        np.asarray(Image.fromarray(part.astype(np.float32)).resize(size, Image.Resampling.BOX))
        for part in (depth, depth > 0)
    )
    return np.where(shares > 0, sums / np.maximum(shares, 1e-6), 0).astype(np.float32)


def with_alpha(images: Sequence[Picture], name: str) -> list[Picture]:
    """The pictures. Raises `InputError` with `name` if none has a pixel that is wholly transparent."""
    if all(image[..., 3].min() > 0 for image in images):
        raise InputError(f"{name}: views without transparency, expected RGBA with the background's alpha 0")
    return list(images)


def stacked(images: list[Picture], name: str) -> UInt8[np.ndarray, "view height width 4"]:
    """Renders as one array.

    Raises `InputError` with `name` for several sizes, and for a view that the object fills wholly or not at all.
    """
    sizes = sorted({image.shape[1::-1] for image in images})
    if len(sizes) > 1:
        raise InputError(f"{name}: views of {sizes[0]} and {sizes[1]} pixels, expected one size")
    for number, image in enumerate(with_alpha(images, name)):
        if image[..., 3].min() > 0 or not image[..., 3].any():
            fault = "shows nothing, alpha is 0 everywhere" if not image[..., 3].any() else "is nowhere clear"
            raise InputError(f"{name}: view {number} {fault}, expected the object on a background of alpha 0")
    return np.stack(images)
