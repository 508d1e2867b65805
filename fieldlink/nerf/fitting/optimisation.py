"""Fit small fields to the posed views of objects (protocol 2), one batched product a step for all of them.

Rays go through pixels in or near the silhouettes, samples lie in the visual hull of the fitted views. Outside the hull
a fitted field says nothing: its occupancy grid, which never reaches beyond the hull, belongs to it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import smooth_l1_loss

from fieldlink.core.errors import InputError
from fieldlink.core.optimizers import Adam
from fieldlink.core.params import FieldParams, NerfParams
from fieldlink.nerf import field
from fieldlink.nerf.compositing import composite, over
from fieldlink.nerf.encodings import encoding_of
from fieldlink.nerf.fitting.cuda_graph import Graphed, Step
from fieldlink.nerf.fitting.ray_batches import Object, RayBatch, batches
from fieldlink.nerf.occupancy import occupied, pack, unpack
from fieldlink.nerf.psnr import measure
from fieldlink.scenes.views import Views, view_subset
from fieldlink.scenes.visual_hull import carve

MEASURED = 4  # of the fitted views, evenly spread: a rendering costs as much as several steps
POINTS_A_PRODUCT = 4096  # on a GPU: a layer's gradient is a sum over points, for which one product fills a part of it
GRAPHED = 2**18  # points of a step of all objects, up to which a GPU waits for the start of operations
BETAS, EPSILON = (0.9, 0.99), 1e-15
DROPS, DROP = (0.5, 0.75, 0.9), 0.33  # of the published schedule: after which parts of the steps, and times what


class Diverged(ArithmeticError):
    """A loss that isn't finite."""


@dataclass(frozen=True)
class Fit:
    """A fitted NeRF and its PSNR in dB: means over the held-out views (NaN if none is) and `MEASURED` fitted ones."""

    weights: Float[np.ndarray, " weight"]
    occupancy: bytes  # packed bits
    psnr_train: float
    psnr_heldout: float
    psnr_train_foreground: float
    psnr_heldout_foreground: float

    @property
    def foreground(self) -> float:
        """What the quality gate judges: held-out views, or the fitted ones if none is held out."""
        return self.psnr_train_foreground if math.isnan(self.psnr_heldout_foreground) else self.psnr_heldout_foreground

    @property
    def occupied(self) -> float:
        """Share of the box's cells; next to none in an empty field, however well it shows a dark object on black."""
        return float(unpack(self.occupancy).double().mean())


def fit(views: Views, start: Float[np.ndarray, " weight"], how: NerfParams, seed: int, device: str = "cpu") -> Fit:
    """Fit to all views but `how.fitting.held_out` (numbers beyond the last view are ignored), and measure on both.

    The held-out views take no part, in the hull neither. Raises `Diverged`, and `InputError` if no view is left to fit
    or a fitted view shows nothing.
    """
    seen, hull = to_fit(views, how, device)
    weights, failed = optimise([(seen, hull)], torch.from_numpy(start).to(device), how, [seed])
    return judged(views, weights[0], hull, int(failed[0]), how)


def to_fit(views: Views, how: NerfParams, device: str) -> tuple[Views, Bool[Tensor, "x y z"]]:
    """The views that aren't held out, and their visual hull; errors as of `fit`."""
    fitted = _fitted(views, how)
    if not fitted:
        raise InputError(f"all {len(views)} views are held out, expected at least one to fit")
    seen = view_subset(views, fitted)
    hull = torch.from_numpy(carve(seen, how.fitting.occupancy, field.HALF)).to(device)
    if not hull.any():
        raise InputError("the silhouettes have no point of the box in common; are the poses right?")
    return seen, hull


def judged(
    views: Views, weights: Float[Tensor, " weight"], hull: Bool[Tensor, "x y z"], failed: int, how: NerfParams
) -> Fit:
    """The fit that `weights` are, by all `views`; raises `Diverged` if a step `failed`."""
    if failed < how.fitting.steps:
        raise Diverged(f"loss not finite at step {failed} of {how.fitting.steps}")
    fitted = _fitted(views, how)
    grid = occupied(weights, hull, how.field)
    shown = fitted[:: -(-len(fitted) // MEASURED)]
    chosen = shown + [view for view in range(len(views)) if view in how.fitting.held_out]
    quality = measure(weights, grid, view_subset(views, chosen), how.rendering, how.field)
    split = np.arange(len(chosen)) < len(shown)
    means = [_mean(values[part]) for values in (quality.frame, quality.foreground) for part in (split, ~split)]
    return Fit(weights.cpu().numpy(), pack(grid), *means)


def _fitted(views: Views, how: NerfParams) -> list[int]:
    return [view for view in range(len(views)) if view not in how.fitting.held_out]


def _mean(values: Float[np.ndarray, " view"]) -> float:
    return float(values.mean()) if len(values) else math.nan


def optimise(
    objects: Sequence[Object],
    start: Float[Tensor, " weight"],
    how: NerfParams,
    seeds: Sequence[int],
) -> tuple[Float[Tensor, "nerf weight"], Int[Tensor, " nerf"]]:
    """Weights of all objects (their views, their hulls), and the first step at which a loss wasn't finite.

    Adam, learning rate by `how.fitting.schedule`, on smooth-L1 of the colour over a random background per step. Every
    object has the rays, jitter and backgrounds that it would have alone, and nothing of another's loss reaches its
    weights. The first step without a finite loss is the number of steps where all were: it is looked at in the end
    only, for a GPU would wait for the answer.
    """
    weights = start.repeat(len(objects), 1).requires_grad_()
    failed = torch.full((len(objects),), how.fitting.steps, device=start.device)
    graphed = weights.is_cuda and len(objects) * how.fitting.rays * how.fitting.samples <= GRAPHED
    rate = torch.tensor(how.fitting.learning_rate, device=start.device) if graphed else how.fitting.learning_rate
    adam = Adam([weights], lr=rate, betas=BETAS, eps=EPSILON, fused=True, capturable=graphed)

    def move(batch: RayBatch) -> Float[Tensor, " nerf"]:
        losses = _losses(weights, batch, how.field)
        adam.zero_grad()
        losses.sum().backward()
        adam.step()
        return losses.detach()

    step: Step = move
    for number, batch in enumerate(batches(objects, how, seeds)):
        if graphed and number == 0:
            step = Graphed(move, batch, weights, adam)
        _set(adam, learning_rate(how, number))
        failed = torch.where(step(batch).isfinite(), failed, failed.clamp(max=number))
    return weights.detach(), failed


def _set(adam: Adam, rate: float) -> None:
    """The learning rate: where a graph has captured it, in its place."""
    if isinstance(adam.param_groups[0]["lr"], Tensor):
        adam.param_groups[0]["lr"].fill_(rate)
    else:
        adam.param_groups[0]["lr"] = rate


def learning_rate(how: NerfParams, step: int) -> float:
    """By a cosine to zero, or in the published drops."""
    fit = how.fitting
    if fit.schedule == "drops":
        return fit.learning_rate * DROP ** sum(step >= part * fit.steps for part in DROPS)
    return fit.learning_rate * 0.5 * (1 + math.cos(math.pi * step / fit.steps))


def _losses(
    weights: Float[Tensor, "nerf weight"], batch: RayBatch, architecture: FieldParams
) -> Float[Tensor, " nerf"]:
    """Smooth-L1 of each NeRF's own rays."""
    learned = encoding_of(architecture).table_size > 0  # each part of the points would have the whole table beside it
    parts = 1 if learned else _products(batch.known)
    each = weights[:, None].expand(-1, parts, -1).flatten(0, 1)
    values = field.outputs(each, batch.known.unflatten(1, (parts, -1)).flatten(0, 1), architecture)
    rgb, density = field.heads(values.view(*batch.starts.shape, -1), torch.ones_like(batch.starts, dtype=torch.bool))
    background = batch.background[:, None]
    seen = over(*composite(rgb, density, batch.starts, batch.ends), background)
    target = over(batch.colour * batch.alpha[..., None], batch.alpha, background)
    return smooth_l1_loss(seen, target, reduction="none").mean((1, 2))


def _products(known: Float[Tensor, "nerf point known"]) -> int:
    """Into how many equal parts the points of a NeRF are best divided."""
    points = known.shape[1]
    parts = max(1, points // POINTS_A_PRODUCT) if known.is_cuda else 1
    return next(fewer for fewer in range(parts, 0, -1) if points % fewer == 0)
