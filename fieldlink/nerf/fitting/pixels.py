"""The pixels of an object's views as rays: which to fit, and what they should show."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import accumulate

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.ndimage import maximum_filter
from torch import Tensor

from fieldlink.core.workers import map_in_threads
from fieldlink.scenes.cameras import rays_through
from fieldlink.scenes.views import Views

REACH = 2  # pixels around the silhouette that are fitted too


@dataclass(frozen=True)
class Pixels:
    """Rays with what they see; colour is straight, in [0, 1]."""

    origins: Float[Tensor, "*ray 3"]
    directions: Float[Tensor, "*ray 3"]
    colour: Float[Tensor, "*ray 3"]
    alpha: Float[Tensor, "*ray"]


@dataclass(frozen=True)
class Drawn:
    """The pixels of some objects one behind the other, and which of them each object's rays go through."""

    pixels: Pixels
    order: Int[Tensor, "object ray"]  # places in `pixels`

    def some(self, first: int, last: int) -> Pixels:
        """Every object's rays from `first` to before `last`: the shapes begin [object, ray]."""
        order = self.order[:, first:last]
        parts = (getattr(self.pixels, part.name) for part in fields(Pixels))
        return Pixels(*(part.index_select(0, order.flatten()).unflatten(0, order.shape) for part in parts))


def drawn(objects: Sequence[Views], count: int, seeds: Sequence[int], device: torch.device) -> Drawn:
    """`count` rays for each object, by its own seed: drawn evenly from the pixels in or near its silhouettes."""
    each = map_in_threads(
        lambda pair: _drawn(*pair, count, device), list(zip(objects, seeds, strict=True)), device.type
    )
    found, orders = zip(*each, strict=True)
    before = [0, *accumulate(len(one.alpha) for one in found)]
    names = [part.name for part in fields(Pixels)]
    return Drawn(
        Pixels(*(torch.cat([getattr(one, name) for one in found]) for name in names)),
        torch.stack([order + start for order, start in zip(orders, before, strict=False)]),
    )


def _drawn(views: Views, seed: int, count: int, device: torch.device) -> tuple[Pixels, Int[Tensor, " ray"]]:
    """No pixel twice where there are fewer pixels than rays; and the pixel of each ray."""
    near = np.flatnonzero(near_silhouettes(views.image[..., 3] > 0))
    which = np.random.default_rng(seed).integers(len(near), size=count)
    if count < len(near):
        near, which = near[which], np.arange(count)
    return through(views, near, device), torch.from_numpy(which.astype(np.int32)).to(device)


def through(views: Views, chosen: Int[np.ndarray, " ray"], device: torch.device) -> Pixels:
    """The rays through pixels, given by their flat numbers over all views."""
    height, width = views.image.shape[1:3]
    view, row, column = np.unravel_index(chosen, views.image.shape[:3])
    pixels = np.stack([column, row], axis=1).astype(np.float32) + np.float32(0.5)
    origins, directions = rays_through(views.camera_to_world[view], pixels, views.camera_angle_x, width, height)
    picture = torch.from_numpy(views.image.reshape(-1, 4)[chosen]).to(device).float() / 255
    return Pixels(
        torch.from_numpy(origins).to(device),
        torch.from_numpy(directions).to(device),
        picture[:, :3].contiguous(),
        picture[:, 3].contiguous(),
    )


def near_silhouettes(mask: Bool[np.ndarray, "view height width"]) -> Bool[np.ndarray, "view height width"]:
    """Silhouettes with all pixels up to `REACH` away."""
    return maximum_filter(mask, size=(1, 2 * REACH + 1, 2 * REACH + 1))
