"""Pixels of an object's views as rays: which to fit, and the colours they should show."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import accumulate
from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.ndimage import maximum_filter
from torch import Tensor

from fieldlink.core.workers import map_in_threads
from fieldlink.scenes.cameras import rays_through
from fieldlink.scenes.views import Views

MARGIN = 2  # pixels around the silhouette that are fitted too

PixelRegion = Literal["silhouettes", "all"]  # which pixels of an object's views are fitted


@dataclass(frozen=True)
class Pixels:
    """Rays through pixels, with the pixels' straight colour and alpha in [0, 1]."""

    origins: Float[Tensor, "*ray 3"]
    directions: Float[Tensor, "*ray 3"]
    colour: Float[Tensor, "*ray 3"]
    alpha: Float[Tensor, "*ray"]


@dataclass(frozen=True)
class RayPixels:
    """The pixels of some objects one behind the other, and which of them each object's rays go through."""

    pixels: Pixels
    order: Int[Tensor, "object ray"]  # places in `pixels`

    def subset(self, first: int, last: int) -> Pixels:
        """Every object's rays from `first` to before `last`: the shapes begin [object, ray]."""
        order = self.order[:, first:last]
        parts = (getattr(self.pixels, part.name) for part in fields(Pixels))
        return Pixels(*(part.index_select(0, order.flatten()).unflatten(0, order.shape) for part in parts))


@dataclass(frozen=True)
class EveryPixel:
    """All pixels to draw from, those of some objects one behind the other."""

    pixels: Pixels
    counts: Sequence[int]  # of each object

    def draw(self, count: int, generators: Sequence[torch.Generator]) -> Pixels:
        """`count` rays for each object, by its own generator: the shapes begin [object, ray]."""
        device, before = self.pixels.alpha.device, [0, *accumulate(self.counts)]
        draws = zip(self.counts, before, generators, strict=False)
        order = [first + torch.randint(size, (count,), generator=g, device=device) for size, first, g in draws]
        return RayPixels(self.pixels, torch.stack(order)).subset(0, count)


def every_pixel(objects: Sequence[Views], region: PixelRegion, device: torch.device) -> EveryPixel:
    """The pixels of a region of each object."""
    pixels = map_in_threads(lambda views: pixel_rays(views, pixels_of(views, region), device), objects, device.type)
    return EveryPixel(_joined(pixels), [len(part.alpha) for part in pixels])


def draw_pixels(
    objects: Sequence[Views],
    count: int,
    seeds: Sequence[int],
    device: torch.device,
    region: PixelRegion = "silhouettes",
) -> RayPixels:
    """`count` rays for each object, by its own seed: drawn evenly from the pixels of a region."""
    pixels_and_orders = map_in_threads(
        lambda pair: _draw_of_object(pair[0], pair[1], count, device, region),
        list(zip(objects, seeds, strict=True)),
        device.type,
    )
    pixels, orders = zip(*pixels_and_orders, strict=True)
    before = [0, *accumulate(len(part.alpha) for part in pixels)]
    return RayPixels(
        _joined(pixels), torch.stack([order + start for order, start in zip(orders, before, strict=False)])
    )


def _joined(parts: Sequence[Pixels]) -> Pixels:
    return Pixels(*(torch.cat([getattr(part, field.name) for part in parts]) for field in fields(Pixels)))


def _draw_of_object(
    views: Views, seed: int, count: int, device: torch.device, region: PixelRegion
) -> tuple[Pixels, Int[Tensor, " ray"]]:
    """The pixels, none twice where there are fewer pixels than rays; and the pixel of each ray."""
    numbers = pixels_of(views, region)
    index = np.random.default_rng(seed).integers(len(numbers), size=count)
    if count < len(numbers):
        numbers, index = numbers[index], np.arange(count)
    return pixel_rays(views, numbers, device), torch.from_numpy(index.astype(np.int32)).to(device)


def pixels_of(views: Views, region: PixelRegion) -> Int[np.ndarray, " pixel"]:
    """Flat numbers, over all views, of all pixels or of those in and near silhouettes."""
    mask = views.image[..., 3] > 0
    return np.arange(mask.size) if region == "all" else np.flatnonzero(near_silhouettes(mask))


def pixel_rays(views: Views, numbers: Int[np.ndarray, " ray"], device: torch.device) -> Pixels:
    """Rays through the centres of pixels, by their flat numbers over all views."""
    height, width = views.image.shape[1:3]
    view, row, column = np.unravel_index(numbers, views.image.shape[:3])
    centres = np.stack([column, row], axis=1).astype(np.float32) + np.float32(0.5)
    origins, directions = rays_through(views.camera_to_world[view], centres, views.camera_angle_x, width, height)
    picture = torch.from_numpy(views.image.reshape(-1, 4)[numbers]).to(device).float() / 255
    return Pixels(
        torch.from_numpy(origins).to(device),
        torch.from_numpy(directions).to(device),
        picture[:, :3].contiguous(),
        picture[:, 3].contiguous(),
    )


def near_silhouettes(mask: Bool[np.ndarray, "view height width"]) -> Bool[np.ndarray, "view height width"]:
    """Silhouettes with all pixels up to `MARGIN` away."""
    return maximum_filter(mask, size=(1, 2 * MARGIN + 1, 2 * MARGIN + 1))
