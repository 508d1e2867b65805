"""PSNR of a field's renders against its object's views, in dB, on a black background."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from fieldlink.core.params import FieldParams, RenderingParams
from fieldlink.nerf.rendering import Camera, render
from fieldlink.scenes.views import Views

MAX_PSNR = 100.0  # dB; equal pictures have no finite PSNR


@dataclass(frozen=True)
class Quality:
    """PSNR of each view in dB: of the whole frame, and of the pixels of the object (alpha > 0)."""

    frame: Float[np.ndarray, " view"]
    foreground: Float[np.ndarray, " view"]


def measure(
    weights: Float[Tensor, " weight"],
    occupancy: Bool[Tensor, "x y z"],
    views: Views,
    rendering: RenderingParams,
    architecture: FieldParams,
) -> Quality:
    """PSNR of renders from the views' cameras."""
    _, height, width, _ = views.image.shape
    camera = Camera(views.camera_angle_x, width, height)
    colour, _ = render(weights, occupancy, views.camera_to_world, camera, rendering, architecture)
    picture = torch.from_numpy(views.image).to(colour.device).float() / 255
    error = (colour.clamp(0, 1) - picture[..., :3] * picture[..., 3:]).square().mean(-1)
    foreground = picture[..., 3] > 0
    of_foreground = (error * foreground).sum((1, 2)) / foreground.sum((1, 2)).clamp(min=1)
    return Quality(_decibel(error.mean((1, 2))), _decibel(of_foreground))


def _decibel(error: Float[Tensor, " view"]) -> Float[np.ndarray, " view"]:
    return (-10 * torch.log10(error.clamp(min=10 ** (-MAX_PSNR / 10)))).cpu().numpy()
