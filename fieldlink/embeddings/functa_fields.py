"""A NeRF as shifts of one shared field: functa (Dupont et al. 2022), here without its meta-learning.

A base field and a vector per object are fitted together to the training NeRFs' own colour and opacity at points. Then
the base is frozen, and every object's vector is fitted from zero.
"""

from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import mse_loss, relu

from fieldlink.core import datasets
from fieldlink.core.optimizers import Adam
from fieldlink.core.params import FieldParams
from fieldlink.core.params.baselines import FunctaParams
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of
from fieldlink.embeddings.nerf_embeddings import EmbeddingInputs
from fieldlink.embeddings.selection import rows_of
from fieldlink.nerf.encodings.frequency import FrequencyEncoding
from fieldlink.nerf.field import FieldValues, colour_and_density, unit
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.radiance_targets import draw_targets, radiance

NERFS_AT_ONCE = 32  # whose points are drawn
Pool = tuple[Float[Tensor, "nerf point 3"], Float[Tensor, "nerf point 4"]]  # points, and the NeRFs' radiance there


class ModulatedField(nn.Module):
    """The shared field, called base. Layer by layer it maps h, at first γ(p), to relu(W h + b + M v).

    A last linear layer gives colour and density.
    """

    def __init__(self, functa: FunctaParams, octaves: int, seed: int) -> None:
        super().__init__()
        self.encoding = FrequencyEncoding(octaves)  # whatever encoding the NeRFs have
        widths = [self.encoding.width, *[functa.width] * functa.layers]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.hidden = nn.ModuleList([nn.Linear(into, out) for into, out in pairwise(widths)])
            self.shifts = nn.ModuleList([nn.Linear(functa.latent, out, bias=False) for out in widths[1:]])
            self.last = nn.Linear(functa.width, 4)

    def forward(self, latents: Float[Tensor, "nerf latent"], points: Float[Tensor, "nerf point 3"]) -> FieldValues:
        x = unit(points)
        hidden = self.encoding.prepare(x)
        for layer, shift in zip(self.hidden, self.shifts, strict=True):
            hidden = relu(layer(hidden) + shift(latents)[:, None])
        return colour_and_density(self.last(hidden), ((x > 0) & (x < 1)).all(-1))


def draw_pool(
    nerfs: NerfBatch, architecture: FieldParams, count: int, random: torch.Generator, device: str = "cpu"
) -> Pool:
    """`count` points of each NeRF, drawn once, with the targets that nf2vec's decoder has there."""
    parts = (nerfs.take(index, device) for index in torch.arange(len(nerfs)).split(NERFS_AT_ONCE))
    points, values = zip(*[draw_targets(part, architecture, count, random) for part in parts], strict=True)
    return torch.cat(points), torch.cat(values)


def fit_base(base: ModulatedField, pool: Pool, functa: FunctaParams, seed: int) -> None:
    """Fit base and vectors of the training NeRFs together, in place; the vectors aren't used again."""
    latents = nn.Parameter(pool[0].new_zeros(len(pool[0]), functa.latent))
    groups = [
        {"params": list(base.parameters()), "lr": functa.learning_rate},
        {"params": [latents], "lr": functa.latent_rate},
    ]
    _descend(base, latents, pool, groups, steps=functa.steps, points=functa.points, seed=seed)
    base.requires_grad_(False)


def fit_latents(base: ModulatedField, pool: Pool, functa: FunctaParams, seed: int) -> Float[Tensor, "nerf latent"]:
    """The vectors of NeRFs in a frozen base."""
    latents = nn.Parameter(pool[0].new_zeros(len(pool[0]), functa.latent))
    groups = [{"params": [latents], "lr": functa.latent_rate}]
    _descend(base, latents, pool, groups, steps=functa.fit_steps, points=functa.points, seed=seed)
    return latents.detach()


def embed(inputs: EmbeddingInputs, functa: FunctaParams) -> tuple[list[str], Float[np.ndarray, "nerf latent"]]:
    """The original objects' NeRFs, in a base fitted to those for training."""
    split = {row["object_id"]: row["split"] for row in inputs.objects if row["augmentation"] == 0}
    rows = rows_of(inputs.nerfs, "object_id", list(split))
    ids, device = rows["object_id"].to_pylist(), inputs.device
    nerfs = NerfBatch.of(datasets.matrix(rows["weights"]), rows["occupancy"].to_pylist())
    training = [index for index, name in enumerate(ids) if split[name] == "train"]
    seeds = {name: seed_of(inputs.study_seed, "modulation", name) for name in ("base", "points", "learn", "fit")}
    random = torch.Generator(device).manual_seed(seeds["points"])
    points, values = draw_pool(nerfs, inputs.field, functa.pool, random, device)
    base = ModulatedField(functa, inputs.field.octaves, seeds["base"]).to(device)
    fit_base(base, (points[training], values[training]), functa, seeds["learn"])
    return ids, fit_latents(base, (points, values), functa, seeds["fit"]).cpu().numpy()


def _descend(
    base: ModulatedField,
    latents: nn.Parameter,
    pool: Pool,
    groups: list[dict],
    *,
    steps: int,
    points: int,
    seed: int,
) -> None:
    """Adam with a cosine to zero; a NeRF's loss has the same weight however many are fitted beside it."""
    optimizer = Adam(groups, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    random = torch.Generator().manual_seed(seed)
    for _ in progress(range(steps), "embed functa", "steps"):
        columns = torch.randint(pool[0].shape[1], (points,), generator=random)
        values: FieldValues = base(latents, pool[0][:, columns])
        loss = mse_loss(radiance(values.rgb, values.density), pool[1][:, columns]) * len(latents)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
