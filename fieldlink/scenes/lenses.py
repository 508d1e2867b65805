"""Pictures of real lenses resampled to one ideal camera: square pixels, centred axis, no distortion.

OpenCV's model, x right and y down on the plane at depth 1, r² = x² + y²:

    x' = x (1 + k1 r² + k2 r⁴ + k3 r⁶ + k4 r⁸) + 2 p1 x y + p2 (r² + 2 x²)      pixel = fl_x x' + cx
    y' = y (1 + k1 r² + k2 r⁴ + k3 r⁶ + k4 r⁸) + p1 (r² + 2 y²) + 2 p2 x y      pixel = fl_y y' + cy
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from scipy.ndimage import map_coordinates

from fieldlink.core.errors import InputError

Picture = UInt8[np.ndarray, "_ _ 4"]
NEGLIGIBLE = 0.05  # pixels
STEPS = 100  # of the fixed point that takes distortion away
WIDEST = 3.0  # sides of the ideal picture over those of the largest picture


@dataclass(frozen=True)
class Lens:
    """Intrinsics of one picture, in its own pixels; the first pixel spans 0 to 1."""

    width: int
    height: int
    fl_x: float
    fl_y: float
    cx: float
    cy: float
    radial: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # k1, k2, k3, k4
    tangential: tuple[float, float] = (0.0, 0.0)  # p1, p2

    @property
    def faults(self) -> list[str]:
        """Names of the numbers by which this camera isn't ideal."""
        reach = max(self.width, self.height) / 2
        off = {
            "cx": abs(self.cx - self.width / 2) > NEGLIGIBLE,
            "cy": abs(self.cy - self.height / 2) > NEGLIGIBLE,
            "fl_y": abs(self.fl_y / self.fl_x - 1) * reach > NEGLIGIBLE,
        }
        off |= {f"k{number}": value != 0 for number, value in enumerate(self.radial, start=1)}
        off |= {f"p{number}": value != 0 for number, value in enumerate(self.tangential, start=1)}
        return [name for name, is_off in off.items() if is_off]

    def pixels(self, plane: Float[np.ndarray, "*point 2"]) -> Float[np.ndarray, "*point 2"]:
        """Where points of the plane at depth 1 are seen."""
        return self._distorted(plane) * [self.fl_x, self.fl_y] + [self.cx, self.cy]

    def plane(self, pixels: Float[np.ndarray, "point 2"]) -> Float[np.ndarray, "point 2"]:
        """Points of the plane at depth 1 that are seen at these pixels; NaN where there are none."""
        distorted = (pixels - [self.cx, self.cy]) / [self.fl_x, self.fl_y]
        points = distorted
        with np.errstate(all="ignore"):
            for _ in range(STEPS):
                points = points + distorted - self._distorted(points)
            off = np.abs(self._distorted(points) - distorted).max(axis=1) * self.fl_x
        return np.where((off < NEGLIGIBLE)[:, None], points, np.nan)

    def _distorted(self, plane: Float[np.ndarray, "*point 2"]) -> Float[np.ndarray, "*point 2"]:
        x, y = plane[..., 0], plane[..., 1]
        square, (k1, k2, k3, k4), (p1, p2) = x * x + y * y, self.radial, self.tangential
        scale = 1 + square * (k1 + square * (k2 + square * (k3 + square * k4)))
        across = x * scale + 2 * p1 * x * y + p2 * (square + 2 * x * x)
        down = y * scale + p1 * (square + 2 * y * y) + 2 * p2 * x * y
        return np.stack([across, down], axis=-1)


def ideal_views(
    images: list[Picture], lenses: list[Lens], names: list[str]
) -> tuple[UInt8[np.ndarray, "view height width 4"], float]:
    """The pictures as one ideal camera sees them, and its horizontal field of view in radians.

    The ideal picture is wide enough for all that the pictures show, and clear elsewhere. Pictures of one ideal camera
    come back as they are. Raises `InputError` with the view's name for a silhouette that is cut by the
    edge of its picture where the ideal picture is wider, and for distortion that folds the picture over.
    """
    first = lenses[0]
    if all(not lens.faults and _same_camera(lens, first) for lens in lenses):
        return np.stack(images), float(2 * np.arctan(first.width / 2 / first.fl_x))
    focal = max(lens.fl_x for lens in lenses)
    edges = [_edge_on_plane(lens, name) for lens, name in zip(lenses, names, strict=True)]
    half = np.ceil(np.max([np.abs(edge).max(axis=0) for edge in edges], axis=0) * focal - NEGLIGIBLE)
    largest = np.max([(lens.width, lens.height) for lens in lenses], axis=0)
    if (2 * half > WIDEST * largest).any():
        raise InputError(f"{names[0]}: cameras too different for one picture of {tuple(2 * half.astype(int))} pixels")
    grid = np.stack(np.meshgrid(np.arange(2 * half[0]), np.arange(2 * half[1])), axis=-1)
    plane = (grid + 0.5 - half) / focal
    resampled = [
        _resampled(image, lens.pixels(plane), f"{name} ({', '.join(lens.faults) or 'fl_x'})")
        for image, lens, name in zip(images, lenses, names, strict=True)
    ]
    return np.stack(resampled), float(2 * np.arctan(half[0] / focal))


def _same_camera(lens: Lens, other: Lens) -> bool:
    same_size = (lens.width, lens.height) == (other.width, other.height)
    return same_size and abs(lens.fl_x / other.fl_x - 1) * lens.width / 2 <= NEGLIGIBLE


def _edge_on_plane(lens: Lens, name: str) -> Float[np.ndarray, "point 2"]:
    """The edge of a picture, taken to the plane at depth 1."""
    x, y = np.arange(lens.width + 1.0), np.arange(lens.height + 1.0)
    sides = [(x, 0 * x), (x, 0 * x + lens.height), (0 * y, y), (0 * y + lens.width, y)]
    edge = lens.plane(np.concatenate([np.stack(side, axis=-1) for side in sides]))
    if not np.isfinite(edge).all():
        raise InputError(f"{name} ({', '.join(lens.faults)}): this distortion folds the picture's edge over")
    return edge


def _resampled(image: Picture, pixels: Float[np.ndarray, "y x 2"], name: str) -> UInt8[np.ndarray, "y x 4"]:
    """The picture at these positions, linear between pixels, colours weighted by alpha; clear outside."""
    height, width = image.shape[:2]
    alpha = image[..., 3:].astype(np.float32)
    layers = np.concatenate([image[..., :3] * alpha / 255, alpha], axis=-1)
    positions = np.stack([pixels[..., 1], pixels[..., 0]]) - 0.5
    outside = (pixels < -0.5).any(axis=-1) | (pixels > [width + 0.5, height + 0.5]).any(axis=-1)
    nearest = np.clip(positions.round().astype(int), 0, np.array([height - 1, width - 1])[:, None, None])
    if (outside & (image[nearest[0], nearest[1], 3] > 0)).any():
        raise InputError(f"{name}: the silhouette is cut by the picture's edge, where the ideal camera sees more")
    layers = layers.transpose(2, 0, 1)
    sampled = np.stack([map_coordinates(layer, positions, order=1, mode="grid-constant") for layer in layers])
    colour = np.where(sampled[3] > 0, sampled[:3] * 255 / np.maximum(sampled[3], 1e-6), 0)
    return np.clip(np.concatenate([colour, sampled[3:]]).transpose(1, 2, 0) + 0.5, 0, 255).astype(np.uint8)
