"""Fit many fields at once: one batched product a step for all of them, which is what a GPU is good at.

Every object has the rays, jitter and backgrounds that it would have alone, and nothing of another's loss reaches its
weights; sums are only added up in another order.
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import smooth_l1_loss

from stages.errors import InputError
from stages.nerf import field
from stages.nerf.fitting import (
    BETAS,
    EPSILON,
    STEPS_AT_ONCE,
    Batch,
    Diverged,
    Fit,
    batches,
    learning_rate,
    measured,
    to_fit,
)
from stages.nerf.marching import composite, over
from stages.params import Architecture, Nerf
from stages.runtime import halving
from stages.scenes.views import Views

POINTS_AT_ONCE = 2**21  # prepared for all objects together: about 1 GB for the published encoding

Outcome = Fit | InputError | Diverged  # a fit, or why there is none


def fit_together(
    many: Sequence[Views], start: Float[np.ndarray, " weight"], how: Nerf, seeds: Sequence[int], device: str
) -> list[Outcome]:
    """As `fitting.fit` of each, but an error is given back in its place; fewer at once where memory runs out."""
    points = STEPS_AT_ONCE * how.fitting.rays * how.fitting.samples

    def some(pairs: Sequence[tuple[Views, int]]) -> list[Outcome]:
        return _fit_some([views for views, _ in pairs], start, how, [seed for _, seed in pairs], device)

    parts = halving(some, list(zip(many, seeds, strict=True)), max(1, POINTS_AT_ONCE // points))
    return [outcome for part in parts for outcome in part]


def _fit_some(
    many: Sequence[Views], start: Float[np.ndarray, " weight"], how: Nerf, seeds: Sequence[int], device: str
) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    ready: dict[int, tuple[Views, Tensor]] = {}
    for place, views in enumerate(many):
        try:
            ready[place] = to_fit(views, how, device)
        except InputError as error:
            outcomes[place] = error
    if ready:
        own = [seeds[place] for place in ready]
        weights, failed = optimise_together(list(ready.values()), torch.from_numpy(start).to(device), how, own)
        for (place, (_, hull)), one, step in zip(ready.items(), weights, failed.tolist(), strict=True):
            lost = step < how.fitting.steps
            error = Diverged(f"loss not finite at step {step} of {how.fitting.steps}")
            outcomes[place] = error if lost else measured(many[place], one, hull, how)
    return [outcomes[place] for place in range(len(many))]


def optimise_together(
    objects: Sequence[tuple[Views, Bool[Tensor, "x y z"]]],
    start: Float[Tensor, " weight"],
    how: Nerf,
    seeds: Sequence[int],
) -> tuple[Float[Tensor, "nerf weight"], Int[Tensor, " nerf"]]:
    """Weights of all objects (their views, their hulls), and the first step at which a loss wasn't finite.

    That step is the number of steps where all were. It is looked at in the end only: a GPU would wait for the answer.
    """
    steps = how.fitting.steps
    weights = start.repeat(len(objects), 1).requires_grad_()
    failed = torch.full((len(objects),), steps, device=start.device)
    adam = torch.optim.Adam([weights], lr=how.fitting.learning_rate, betas=BETAS, eps=EPSILON, fused=True)
    each = [batches(views, hull, how, seed) for (views, hull), seed in zip(objects, seeds, strict=True)]
    for step, own in enumerate(zip(*each, strict=True)):
        adam.param_groups[0]["lr"] = learning_rate(how, step)
        losses = _losses(weights, own, how.field)
        failed = torch.where(losses.isfinite(), failed, failed.clamp(max=step))
        adam.zero_grad()
        losses.sum().backward()
        adam.step()
    return weights.detach(), failed


def _losses(
    weights: Float[Tensor, "nerf weight"], own: Sequence[Batch], architecture: Architecture
) -> Float[Tensor, " nerf"]:
    """Smooth-L1 of each NeRF's own rays."""
    parts = ([getattr(batch, name) for batch in own] for name in ("starts", "ends", "colour", "alpha", "background"))
    starts, ends, colour, alpha, background = (torch.stack(part) for part in parts)
    values = field.outputs(weights, torch.cat([batch.known for batch in own]), architecture)
    values = values.unflatten(1, starts.shape[1:])
    rgb, density = field.heads(values, torch.ones_like(starts, dtype=torch.bool))
    seen = over(*composite(rgb, density, starts, ends), background[:, None])
    target = over(colour * alpha[..., None], alpha, background[:, None])
    return smooth_l1_loss(seen, target, reduction="none").mean((1, 2))
