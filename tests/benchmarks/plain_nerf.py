"""NeRF fitting as one would write it from nerfacc's examples: the baseline of fit_nerfs and fit_nerfs_quality.

One object at a time: the project's field in plain torch (the same layers, heads and fast encoding), uniform jittered
samples along every ray through the object's bounding box, nerfacc's dense compositing, smooth L1, Adam. What is known
of all objects is used: they fill a box of unit diagonal, so rays that miss it are dropped beforehand.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import nerfacc
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import smooth_l1_loss

from fieldlink.core.params import FieldParams
from fieldlink.nerf.encodings.frequency import frequency
from fieldlink.scenes import cameras
from fieldlink.scenes.views import Views, view_subset

HALF = 0.5  # of the box around every object


@dataclass(frozen=True)
class Settings:
    """What reached 27 to 31 dB soonest on objects of the catalogue."""

    steps: int = 150
    rays: int = 256
    samples: int = 16
    learning_rate: float = 2e-2
    random_background: bool = True


class PlainNerf(nn.Module):
    """Frequencies, hidden layers, colour and density."""

    def __init__(self, architecture: FieldParams) -> None:
        super().__init__()
        widths = [6 * architecture.octaves, *[architecture.units] * architecture.hidden_layers]
        hidden = [part for a, b in pairwise(widths) for part in (nn.Linear(a, b, bias=False), nn.ReLU(inplace=True))]
        self.octaves, self.layers = (
            architecture.octaves,
            nn.Sequential(*hidden, nn.Linear(architecture.units, 4, bias=False)),
        )
        for layer in self.layers[::2]:
            nn.init.xavier_uniform_(layer.weight)

    def forward(self, points: Float[Tensor, "ray sample 3"]) -> tuple[Tensor, Tensor]:
        values = self.layers(frequency(points / (2 * HALF) + 0.5, self.octaves))
        return values[..., :3].sigmoid(), torch.exp((values[..., 3] - 1).clamp(max=15))


def fit(
    views: Views,
    architecture: FieldParams,
    settings: Settings,
    held_out: tuple[int, ...],
    seed: int,
    device: str = "cpu",
) -> PlainNerf:
    """Adam, the learning rate by a cosine to zero. All rays lie on the device."""
    torch.manual_seed(seed)
    field = PlainNerf(architecture).to(device)
    adam = torch.optim.Adam(field.parameters(), settings.learning_rate, betas=(0.9, 0.99), eps=1e-15, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        adam, lambda step: 0.5 + 0.5 * math.cos(math.pi * step / settings.steps)
    )
    rays = rays_of(view_subset(views, [view for view in range(len(views)) if view not in held_out]), device)
    for _ in range(settings.steps):
        chosen = torch.randint(len(rays[0]), (settings.rays,), device=device)
        origins, directions, near, far, colour, alpha = (part[chosen] for part in rays)
        background = torch.rand(3, device=device) if settings.random_background else torch.zeros(3, device=device)
        jitter = torch.rand(settings.rays, settings.samples, device=device)
        seen, opacity = march(field, origins, directions, near, far, jitter)
        target = colour * alpha + (1 - alpha) * background
        loss = smooth_l1_loss(seen + (1 - opacity) * background, target)
        adam.zero_grad()
        loss.backward()
        adam.step()
        schedule.step()
    return field


def march(
    field: nn.Module,
    origins: Tensor,
    directions: Tensor,
    near: Tensor,
    far: Tensor,
    jitter: Float[Tensor, "ray sample"],
) -> tuple[Float[Tensor, "ray 3"], Float[Tensor, "ray 1"]]:
    """Colour on black and opacity, by one sample in each of equal stretches of the way through the box."""
    edges = near + (far - near) * torch.linspace(0, 1, jitter.shape[1] + 1, device=jitter.device)
    starts, ends = edges[:, :-1], edges[:, 1:]
    along = starts + jitter * (ends - starts)
    rgb, density = field(origins[:, None] + along[..., None] * directions[:, None])
    weights, _, _ = nerfacc.render_weight_from_density(starts, ends, density)
    return nerfacc.accumulate_along_rays(weights, rgb), nerfacc.accumulate_along_rays(weights)


def rays_of(views: Views, device: str = "cpu") -> tuple[Tensor, ...]:
    """Origins, directions, near, far, colour and alpha of all pixels whose rays meet the box."""
    everything = _all_rays(views, device)
    meets = (everything[3] > everything[2])[:, 0]
    return tuple(part[meets] for part in everything)


def _all_rays(views: Views, device: str) -> tuple[Tensor, ...]:
    height, width = views.image.shape[1:3]
    origins, directions = cameras.rays(views.camera_to_world, views.camera_angle_x, width, height)
    origins = torch.from_numpy(origins).to(device).repeat_interleave(height * width, dim=0)
    directions = torch.from_numpy(directions).to(device).view(-1, 3)
    first, last = (-HALF - origins) / directions, (HALF - origins) / directions
    near = torch.minimum(first, last).amax(-1, keepdim=True).clamp(min=0)
    far = torch.maximum(first, last).amin(-1, keepdim=True)
    picture = torch.from_numpy(views.image).to(device).view(-1, 4).float() / 255
    return origins, directions, near, far, picture[:, :3], picture[:, 3:]


@torch.no_grad()
def psnr(field: nn.Module, views: Views, held_out: Sequence[int], samples: int = 64) -> float:
    """Mean over the held-out views of the whole frame's PSNR on black, in dB."""
    renders, device = [], next(field.parameters()).device
    for view in held_out:
        origins, directions, near, far, colour, alpha = _all_rays(view_subset(views, [view]), str(device))
        middles: Any = torch.full((len(origins), samples), 0.5, device=device)
        seen, _ = march(field, origins, directions, near, torch.maximum(near, far), middles)
        renders.append(-10 * math.log10((seen.clamp(0, 1) - colour * alpha).square().mean().item()))
    return float(np.mean(renders))
