"""The pixels of an object's views as rays: which to fit, and what they should show."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.ndimage import maximum_filter
from torch import Tensor

from stages.scenes.cameras import rays_through
from stages.scenes.views import Views

REACH = 2  # pixels around the silhouette that are fitted too


@dataclass(frozen=True)
class Pixels:
    """Rays with what they see; colour is straight, in [0, 1]."""

    origins: Float[Tensor, "ray 3"]
    directions: Float[Tensor, "ray 3"]
    colour: Float[Tensor, "ray 3"]
    alpha: Float[Tensor, " ray"]


def draw(views: Views, count: int, random: np.random.Generator, device: torch.device) -> Pixels:
    """`count` pixels, drawn evenly from those in or near the silhouettes of all views."""
    near = np.flatnonzero(near_silhouettes(views.image[..., 3] > 0))
    chosen = near[random.integers(len(near), size=count)]
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
