"""Batches of a fit as published: rays marched through the occupancy grid of the field as it is so far.

The grid is updated every 16 steps. As many rays are taken as fill the points of a step. An object's pixels, shifts and
backgrounds come from its own seed, whatever is fitted beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import smooth_l1_loss

from fieldlink.core.params import FieldParams, NerfParams
from fieldlink.nerf import field
from fieldlink.nerf.compositing import over
from fieldlink.nerf.encodings import encoding_of
from fieldlink.nerf.fitting.fitted_weights import FittedWeights
from fieldlink.nerf.fitting.pixels import every_pixel
from fieldlink.nerf.fitting.ray_batches import FittingObject
from fieldlink.nerf.marched_points import MarchedPoints, composite_marched, march_points
from fieldlink.nerf.occupancy import fields_density
from fieldlink.nerf.occupancy_updates import occupied_cells, updated

RAYS_DRAWN = 4  # times `nerf.fitting.rays`: many meet no occupied cell, and cost no point
STEPS_PER_UPDATE, FULL_UPDATE_STEPS = 16, 256  # steps between updates of the grid, and in which all cells are updated


@dataclass(frozen=True)
class MarchedBatch:
    """Inputs and targets of one step, of every NeRF."""

    marched: MarchedPoints
    colour: Float[Tensor, "nerf ray 3"]
    alpha: Float[Tensor, "nerf ray"]
    background: Float[Tensor, "nerf 3"]


def grid_batches(
    objects: Sequence[FittingObject], nerf: NerfParams, seeds: Sequence[int], weights: FittedWeights
) -> Iterator[MarchedBatch]:
    """One batch for each step; `weights` are those that the steps change."""
    fitting, step, device = nerf.fitting, nerf.rendering.step, objects[0][1].device
    generators = [torch.Generator(device).manual_seed(seed) for seed in seeds]
    pixels = every_pixel([views for views, _ in objects], fitting.pixels, device)
    values = torch.zeros(len(objects), fitting.occupancy**3, device=device)
    grids = occupied_cells(values)
    for number in range(fitting.steps):
        if number % STEPS_PER_UPDATE == 0:
            densities = [fields_density(vector, nerf.field) for vector in weights.joint.detach()]
            every_cell = number < FULL_UPDATE_STEPS
            values = torch.stack(
                [
                    updated(cells, density, step, random, every_cell=every_cell)
                    for cells, density, random in zip(values, densities, generators, strict=True)
                ]
            )
            grids = occupied_cells(values)
        rays = pixels.draw(RAYS_DRAWN * fitting.rays, generators)
        shift, background = (
            torch.stack([torch.rand(count, generator=random, device=device) for random in generators])
            for count in (RAYS_DRAWN * fitting.rays, 3)
        )
        marched = march_points(rays.origins, rays.directions, grids, step, shift, fitting.rays * fitting.samples)
        yield MarchedBatch(marched, rays.colour, rays.alpha, background)


def marched_losses(
    weights: Float[Tensor, "nerf weight"], batch: MarchedBatch, architecture: FieldParams
) -> Float[Tensor, " nerf"]:
    """Smooth-L1 of each NeRF's own rays that are whole and show something; 0 where none does."""
    marched, background = batch.marched, batch.background[:, None]
    prepared = encoding_of(architecture).prepare(field.unit(marched.points))
    values = field.outputs(weights, prepared, architecture)
    rgb, density = field.colour_and_density(values, marched.lengths > 0)
    colour, opacity = composite_marched(rgb, density, marched)
    target = over(batch.colour * batch.alpha[..., None], batch.alpha, background)
    errors = smooth_l1_loss(over(colour, opacity, background), target, reduction="none").mean(2)
    counted = marched.whole & (opacity > 0)
    return (errors * counted).sum(1) / counted.sum(1).clamp(min=1)
