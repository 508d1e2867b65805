"""Fit small fields to the posed views of objects (protocol 2), with one batched product a step for all of them.

Rays go through pixels in or near the silhouettes. Samples lie in the visual hull of the fitted views. A fitted field
is undefined outside the hull: its occupancy grid, which never reaches beyond the hull, belongs to it.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import smooth_l1_loss

from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams, FittingParams, NerfParams
from fieldlink.core.seeds import seed_of
from fieldlink.nerf import field
from fieldlink.nerf.compositing import composite, over
from fieldlink.nerf.encodings import encoding_of
from fieldlink.nerf.fitting.cuda_graph import GraphedStep, Step
from fieldlink.nerf.fitting.fitted_weights import FittedWeights
from fieldlink.nerf.fitting.grid_batches import grid_batches, marched_losses
from fieldlink.nerf.fitting.ray_batches import FittingObject, RayBatch, ray_batches
from fieldlink.nerf.occupancy import fields_density, occupied, pack, unpack
from fieldlink.nerf.occupancy_updates import grid_by_updates
from fieldlink.nerf.psnr import measure
from fieldlink.scenes.views import Views, view_subset
from fieldlink.scenes.visual_hull import carve

MEASURED_VIEWS = 4  # of the fitted views, evenly spread: a rendering costs as much as several steps
POINTS_PER_PRODUCT = 4096  # on a GPU: a layer's gradient is a sum over points; one product would fill a part of it
GRAPH_POINTS = 2**18  # of a step of all objects: with fewer, a GPU waits for the start of operations
DROP_AFTER, DROP_FACTOR = (0.5, 0.75, 0.9), 0.33  # of the published schedule: shares of the steps, and the factor


class Diverged(ArithmeticError):
    """A loss that isn't finite."""


@dataclass(frozen=True)
class Fit:
    """A fitted NeRF and its mean PSNR in dB, over the held-out views (NaN if none) and `MEASURED_VIEWS` fitted ones."""

    weights: Float[np.ndarray, " weight"]
    occupancy: bytes  # packed bits
    psnr_train: float
    psnr_heldout: float
    psnr_train_foreground: float
    psnr_heldout_foreground: float

    @property
    def foreground(self) -> float:
        """PSNR for the quality gate, in dB: of the held-out views, or of the fitted ones if none is held out."""
        return self.psnr_train_foreground if math.isnan(self.psnr_heldout_foreground) else self.psnr_heldout_foreground

    @property
    def occupied(self) -> float:
        """Share of the box's cells; near 0 in an empty field, whose PSNR is high where the object is dark."""
        return float(unpack(self.occupancy).double().mean())


def fit(views: Views, start: Float[np.ndarray, " weight"], nerf: NerfParams, seed: int, device: str = "cpu") -> Fit:
    """Fit to all views but `nerf.fitting.held_out` (numbers beyond the last view are ignored), and measure on both.

    The held-out views take no part, in the hull neither. Raises `Diverged`, and `InputError` if no view is left to fit
    or a fitted view shows nothing.
    """
    fitted_views, region = fitting_inputs(views, nerf, device)
    weights, failed = optimise([(fitted_views, region)], torch.from_numpy(start).to(device), nerf, [seed])
    return measured_fit(views, weights[0], region, int(failed[0]), nerf, seed)


def fitting_inputs(views: Views, nerf: NerfParams, device: str) -> FittingObject:
    """The views that aren't held out, and the cells that may be occupied; errors as of `fit`."""
    numbers = _fitted_views(views, nerf)
    if not numbers:
        raise InputError(f"all {len(views)} views are held out, expected at least one to fit")
    fitted_views = view_subset(views, numbers)
    region = _region(fitted_views, nerf.fitting, device)
    if not region.any():
        raise InputError("the silhouettes have no point of the box in common; are the poses right?")
    return fitted_views, region


def _region(views: Views, fitting: FittingParams, device: str) -> Bool[Tensor, "x y z"]:
    """Cells that may be occupied: the visual hull, or the whole box where the grid is updated.

    Samples then lie in that grid (`cross_checks`).
    """
    if fitting.grid == "updates":
        return torch.ones((fitting.occupancy,) * 3, dtype=torch.bool, device=device)
    return torch.from_numpy(carve(views, fitting.occupancy, field.HALF)).to(device)


def measured_fit(
    views: Views,
    weights: Float[Tensor, " weight"],
    region: Bool[Tensor, "x y z"],
    failed: int,
    nerf: NerfParams,
    seed: int,
) -> Fit:
    """The fit with `weights`, measured on all `views`. Raises `Diverged` if step `failed` was no finite one.

    `seed`: that of the points at which the stored grid is updated.
    """
    if failed < nerf.fitting.steps:
        raise Diverged(f"loss not finite at step {failed} of {nerf.fitting.steps}")
    fitted = _fitted_views(views, nerf)
    grid = _stored_grid(weights, region, nerf, seed)
    train = fitted[:: -(-len(fitted) // MEASURED_VIEWS)]
    measured = train + [view for view in range(len(views)) if view in nerf.fitting.held_out]
    quality = measure(weights, grid, view_subset(views, measured), nerf.rendering, nerf.field)
    of_train = np.arange(len(measured)) < len(train)
    return Fit(
        weights=weights.cpu().numpy(),
        occupancy=pack(grid),
        psnr_train=_mean_or_nan(quality.frame[of_train]),
        psnr_heldout=_mean_or_nan(quality.frame[~of_train]),
        psnr_train_foreground=_mean_or_nan(quality.foreground[of_train]),
        psnr_heldout_foreground=_mean_or_nan(quality.foreground[~of_train]),
    )


def _stored_grid(
    weights: Float[Tensor, " weight"], region: Bool[Tensor, "x y z"], nerf: NerfParams, seed: int
) -> Bool[Tensor, "x y z"]:
    if nerf.fitting.grid == "hull":
        return occupied(weights, region, nerf.field)
    random = torch.Generator(weights.device).manual_seed(seed_of(seed, "grid"))
    return grid_by_updates(fields_density(weights, nerf.field), len(region), nerf.rendering.step, random)


def _fitted_views(views: Views, nerf: NerfParams) -> list[int]:
    return [view for view in range(len(views)) if view not in nerf.fitting.held_out]


def _mean_or_nan(values: Float[np.ndarray, " view"]) -> float:
    return float(values.mean()) if len(values) else math.nan


def optimise(
    objects: Sequence[FittingObject],
    start: Float[Tensor, " weight"],
    nerf: NerfParams,
    seeds: Sequence[int],
) -> tuple[Float[Tensor, "nerf weight"], Int[Tensor, " nerf"]]:
    """Weights of all objects (their views, their hulls), and the first step at which a loss wasn't finite.

    Smooth-L1 of the colour over a random background per step, optimizer and learning rate as `nerf.fitting` says.
    Every object has the rays, jitter and backgrounds that it would have alone, and no object's loss reaches another's
    weights. Where all losses were finite, the step is the number of steps. Losses are checked after the last step
    only, because a GPU would wait for each check.
    """
    fitting = nerf.fitting
    marched = fitting.sampling == "grid"
    graphed = start.is_cuda and not marched and len(objects) * fitting.rays * fitting.samples <= GRAPH_POINTS
    weights = FittedWeights.of(start, len(objects), nerf, graphed)
    failed = torch.full((len(objects),), fitting.steps, device=start.device)
    losses_of: Callable[..., Float[Tensor, " nerf"]] = marched_losses if marched else _losses
    batches: Iterator[Any] = (
        grid_batches(objects, nerf, seeds, weights) if marched else ray_batches(objects, nerf, seeds)
    )

    def update(batch: Any) -> Float[Tensor, " nerf"]:
        losses = losses_of(weights.joint, batch, nerf.field)
        weights.move_against(losses.sum())
        return losses.detach()

    step: Step = update
    for number, batch in enumerate(batches):
        if graphed and number == 0:
            step = GraphedStep(update, batch, weights.optimizers)
        weights.set_rate(learning_rate(fitting, number))
        failed = torch.where(step(batch).isfinite(), failed, failed.clamp(max=number))
    return weights.joint.detach(), failed


def learning_rate(fitting: FittingParams, step: int) -> float:
    """The rate at a step: a cosine to zero, or the published drops."""
    if fitting.schedule == "drops":
        return fitting.learning_rate * DROP_FACTOR ** sum(step >= share * fitting.steps for share in DROP_AFTER)
    return fitting.learning_rate * 0.5 * (1 + math.cos(math.pi * step / fitting.steps))


def _losses(
    weights: Float[Tensor, "nerf weight"], batch: RayBatch, architecture: FieldParams
) -> Float[Tensor, " nerf"]:
    """Smooth-L1 of each NeRF's own rays."""
    # 1. Outputs at all points, in equal parts where that is faster.
    learned = encoding_of(architecture).table_size > 0  # each part of the points would have the whole table beside it
    parts = 1 if learned else _parts_of_points(batch.prepared)
    weights_of_parts = weights[:, None].expand(-1, parts, -1).flatten(0, 1)
    values = field.outputs(weights_of_parts, batch.prepared.unflatten(1, (parts, -1)).flatten(0, 1), architecture)
    # 2. Colour of each ray, over the step's background.
    inside = torch.ones_like(batch.starts, dtype=torch.bool)
    rgb, density = field.colour_and_density(values.view(*batch.starts.shape, -1), inside)
    background = batch.background[:, None]
    colour, opacity = composite(rgb, density, batch.starts, batch.ends)
    rendered = over(colour, opacity, background)
    target = over(batch.colour * batch.alpha[..., None], batch.alpha, background)
    return smooth_l1_loss(rendered, target, reduction="none").mean((1, 2))


def _parts_of_points(prepared: Float[Tensor, "nerf point prepared"]) -> int:
    """Number of equal parts into which the points of a NeRF are best divided."""
    points = prepared.shape[1]
    parts = max(1, points // POINTS_PER_PRODUCT) if prepared.is_cuda else 1
    return next(fewer for fewer in range(parts, 0, -1) if points % fewer == 0)
