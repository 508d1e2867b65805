"""A NeRF as shifts of one shared field: functa (Dupont et al. 2022), here without its meta-learning.

A base field and a vector per object are fitted together to the training NeRFs' own colour and opacity at points; then
the base is frozen, and every object's vector is fitted from zero.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import mse_loss, relu

from fieldlink.core.optimizers import Adam
from fieldlink.core.params import FieldParams, ModulationParams
from fieldlink.core.progress import progress
from fieldlink.nerf.encodings.frequency import FrequencyEncoding
from fieldlink.nerf.field import heads, unit
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.radiance_targets import radiance, targets

AT_ONCE = 32  # NeRFs whose points are drawn together
Pool = tuple[Float[Tensor, "nerf point 3"], Float[Tensor, "nerf point 4"]]  # points, and the NeRFs' radiance there


class Base(nn.Module):
    """The shared field: h ↦ relu(W h + b + M v) layer by layer, from γ(p); then colour and density."""

    def __init__(self, how: ModulationParams, octaves: int, seed: int) -> None:
        super().__init__()
        self.encoding = FrequencyEncoding(octaves)  # whatever encoding the NeRFs have
        widths = [self.encoding.width, *[how.width] * how.layers]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.hidden = nn.ModuleList([nn.Linear(into, out) for into, out in pairwise(widths)])
            self.shifts = nn.ModuleList([nn.Linear(how.latent, out, bias=False) for out in widths[1:]])
            self.last = nn.Linear(how.width, 4)

    def forward(
        self, latents: Float[Tensor, "nerf latent"], points: Float[Tensor, "nerf point 3"]
    ) -> tuple[Float[Tensor, "nerf point 3"], Float[Tensor, "nerf point"]]:
        x = unit(points)
        hidden = self.encoding.prepare(x)
        for layer, shift in zip(self.hidden, self.shifts, strict=True):
            hidden = relu(layer(hidden) + shift(latents)[:, None])
        return heads(self.last(hidden), ((x > 0) & (x < 1)).all(-1))


def pool(nerfs: NerfBatch, architecture: FieldParams, count: int, random: torch.Generator, device: str = "cpu") -> Pool:
    """`count` points of each NeRF, drawn once, with what nf2vec's decoder would have to give there."""
    some = (nerfs.take(which, device) for which in torch.arange(len(nerfs)).split(AT_ONCE))
    points, values = zip(*[targets(each, architecture, count, random) for each in some], strict=True)
    return torch.cat(points), torch.cat(values)


def learn(base: Base, known: Pool, how: ModulationParams, seed: int) -> None:
    """Fit base and vectors of the training NeRFs together; the vectors are thrown away."""
    latents = nn.Parameter(known[0].new_zeros(len(known[0]), how.latent))
    groups = [
        {"params": list(base.parameters()), "lr": how.learning_rate},
        {"params": [latents], "lr": how.latent_rate},
    ]
    _descend(base, latents, known, groups, how.steps, how.points, seed)
    base.requires_grad_(False)


def fit(base: Base, known: Pool, how: ModulationParams, seed: int) -> Float[Tensor, "nerf latent"]:
    """The vectors of NeRFs in a frozen base."""
    latents = nn.Parameter(known[0].new_zeros(len(known[0]), how.latent))
    _descend(base, latents, known, [{"params": [latents], "lr": how.latent_rate}], how.fit_steps, how.points, seed)
    return latents.detach()


def _descend(
    base: Base, latents: nn.Parameter, known: Pool, groups: list[dict], steps: int, points: int, seed: int
) -> None:
    """Adam with a cosine to zero; a NeRF's loss counts alike however many are fitted beside it."""
    optimizer = Adam(groups, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    random = torch.Generator().manual_seed(seed)
    for _ in progress(range(steps), "embed_modulations", "steps"):
        columns = torch.randint(known[0].shape[1], (points,), generator=random)
        loss = mse_loss(radiance(*base(latents, known[0][:, columns])), known[1][:, columns]) * len(latents)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
