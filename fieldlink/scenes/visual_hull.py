"""The visual hull: the part of space that no silhouette rules out (Laurentini 1994)."""

import numpy as np
from jaxtyping import Bool, Float, Int, UInt8
from scipy.ndimage import distance_transform_edt

from fieldlink.core.errors import InputError
from fieldlink.scenes.cameras import focal
from fieldlink.scenes.views import Views

PIXEL = 0.5  # a silhouette reaches half a pixel beyond the centres of its pixels


def carve(views: Views, cells: int, half: float) -> Bool[np.ndarray, "x y z"]:
    """Cells of the cube [-half, half]³ that may hold matter, by the alpha masks of all views.

    A cell is carved away if the ball around it misses the silhouette of a view. A silhouette that the frame cuts says
    nothing of cells outside the frame. No view says anything of cells behind its camera.
    Raises `InputError` for a view that shows nothing.
    """
    alive, radius = np.arange(cells**3), np.sqrt(3) * half / cells
    for view, (image, pose) in enumerate(zip(views.image, views.camera_to_world, strict=True)):
        if not image[..., 3].any():
            raise InputError(f"view {view} shows nothing: its alpha is 0 everywhere")
        alive = alive[_may_touch(centres(cells, half, alive), radius, image, pose, views.camera_angle_x)]
    hull = np.zeros(cells**3, bool)
    hull[alive] = True
    return hull.reshape(cells, cells, cells)


def centres(cells: int, half: float, index: Int[np.ndarray, " cell"]) -> Float[np.ndarray, "cell 3"]:
    """Centres of the cells with these flat indices, C order over x, y, z."""
    indices = np.stack(np.unravel_index(index, (cells, cells, cells)), axis=-1)
    return ((indices + 0.5) * (2 * half / cells) - half).astype(np.float32)


def bounds(hull: Bool[np.ndarray, "x y z"], half: float) -> Float[np.ndarray, "2 3"]:
    """Lowest and highest corner of the box around the cells of a hull that isn't empty."""
    cells = np.argwhere(hull)
    corners = np.stack([cells.min(axis=0), cells.max(axis=0) + 1])
    return (corners * (2 * half / len(hull)) - half).astype(np.float32)


def _may_touch(
    points: Float[np.ndarray, "point 3"],
    radius: float,
    image: UInt8[np.ndarray, "height width 4"],
    pose: Float[np.ndarray, "3 4"],
    angle: float,
) -> Bool[np.ndarray, " point"]:
    """May the ball of `radius` around each point touch the silhouette, as far as this view can tell?"""
    height, width = image.shape[:2]
    right, up, backward = ((points - pose[:, 3]) @ pose[:, :3]).T
    scale = focal(angle, width) / np.maximum(-backward, 1e-6)  # pixels per unit at the point's depth
    pixels = np.stack([height / 2 - scale * up, width / 2 + scale * right])
    pixel = np.clip(pixels, 0, [[height - 1], [width - 1]]).astype(int)  # outside the frame: the border's nearest
    judged = -backward > radius
    if _cut(image[..., 3] > 0):
        judged &= (pixels >= 0).all(axis=0) & (pixels[0] < height) & (pixels[1] < width)
    distance = np.asarray(distance_transform_edt(image[..., 3] == 0))
    return ~judged | (distance[pixel[0], pixel[1]] <= scale * radius + PIXEL)


def _cut(mask: Bool[np.ndarray, "height width"]) -> bool:
    """Does the silhouette reach the frame's border?"""
    return bool(mask[[0, -1]].any() or mask[:, [0, -1]].any())
