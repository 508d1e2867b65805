"""Do the poses of a scene fit its silhouettes? The visual hull of true poses fills every silhouette.

The axes of another program, poses from world to camera, pictures in another order or without alpha leave a hull that
fills them in part.
"""

import itertools
from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool, Float, UInt8

from fieldlink.core.errors import InputError
from fieldlink.scenes import cameras, visual_hull
from fieldlink.scenes.views import Views

FORM = "are poses from camera to world, x right, y up, looking along -z, and the pictures theirs?"
CELLS, HALF = 48, 0.75  # of the hull, per axis, and the half edge of its cube
LEAST_OF_RENDERED = 0.9  # share of the silhouettes that the hull of exact poses fills
LEAST_OF_PHOTOS = 0.4  # a thin object with poses that are half a degree off
MOST_RAYS = 200  # of a view
LEAST_OF_FILLED = 0.9  # of a picture that has no clear pixel


def check_fit(views: Views, names: Sequence[str], filled: Sequence[bool], scene: str, least: float) -> None:
    """Raise `InputError` if a view shows nothing, or the views' common hull doesn't fill their silhouettes.

    `names`: of the views. `filled`: whether a silhouette fills its picture, as the object's may that is near, and as
    one without alpha does. `least`: mean share of the silhouettes that the hull must fill.
    """
    check_shown(views.image, names)
    centre = np.zeros((1, 3), np.float32)
    _, height, width, _ = views.image.shape
    _, depth = cameras.project(centre, views.camera_to_world, views.camera_angle_x, width, height)
    if behind := [name for name, ahead in zip(names, depth[:, 0] > 0, strict=True) if not ahead]:
        raise InputError(f"{behind[0]}: it looks away from the object, as do {len(behind)} of {len(names)}; {FORM}")
    hull = visual_hull.carve(views, CELLS, HALF)
    share_of = {
        name: _share(hull, image, pose, views.camera_angle_x)
        for name, image, pose in zip(names, views.image, views.camera_to_world, strict=True)
    }
    for name in itertools.compress(names, filled):
        if share_of[name] < LEAST_OF_FILLED:
            words = f"the object of the other views fills {share_of[name]:.0%} of it; expected the background's alpha 0"
            raise InputError(f"{name}: its picture is nowhere clear, and {words}")
    if np.mean(list(share_of.values())) < least:
        worst = min(share_of, key=share_of.__getitem__)
        words = f"{np.mean(list(share_of.values())):.0%} of the silhouettes, and {share_of[worst]:.0%} of {worst}"
        raise InputError(f"{scene}: the common visual hull fills {words}; {FORM}".replace(f" {scene}/", " "))


def check_shown(image: UInt8[np.ndarray, "view height width 4"], names: Sequence[str]) -> None:
    """Raise `InputError` with the name of a view that shows nothing."""
    for name, picture in zip(names, image, strict=True):
        if not picture[..., 3].any():
            raise InputError(f"{name}: its picture shows nothing, alpha is 0 everywhere")


def _share(
    hull: Bool[np.ndarray, "x y z"],
    image: UInt8[np.ndarray, "height width 4"],
    pose: Float[np.ndarray, "3 4"],
    angle: float,
) -> float:
    """Share of a silhouette's pixels whose rays meet a cell of the hull, in front of the camera."""
    height, width = image.shape[:2]
    pixels = np.argwhere(image[..., 3] > 0)[:, ::-1]
    pixels = pixels[:: -(-len(pixels) // MOST_RAYS)] + 0.5
    poses = np.broadcast_to(pose, (len(pixels), 3, 4))
    origins, directions = cameras.rays_through(poses, pixels, angle, width, height)
    cell, reach = 2 * HALF / CELLS, np.sqrt(3) * HALF
    along = np.maximum(np.linalg.norm(pose[:, 3]) + np.arange(-reach, reach, cell), 0)
    points = origins[:, None] + along[:, None] * directions[:, None]
    index = np.floor((points + HALF) / cell).astype(int)
    inside = ((index >= 0) & (index < CELLS)).all(axis=-1)
    x, y, z = np.clip(index, 0, CELLS - 1).transpose(2, 0, 1)
    return float((hull[x, y, z] & inside).any(axis=1).mean())
