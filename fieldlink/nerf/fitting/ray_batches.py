"""Batches of rays, one for each step of a fit: rays through drawn pixels, and the points along them.

An object's pixels, jitter and backgrounds come from its own seed, whatever is fitted beside it. A CPU prepares object
by object, because its cache holds no more. A GPU prepares all at once, because it waits for the start of operations.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from fieldlink.core.params import FieldParams, NerfParams
from fieldlink.nerf import field
from fieldlink.nerf.encodings import encoding_of
from fieldlink.nerf.fitting.pixels import draw_pixels
from fieldlink.nerf.sampling import occupied_bounds, samples
from fieldlink.scenes.views import Views

STEPS_PER_DRAW = 24  # whose rays are prepared in one pass

FittingObject = tuple[Views, Bool[Tensor, "x y z"]]  # the views to fit, and cells that may be occupied


@dataclass(frozen=True)
class RayBatch:
    """Inputs and targets of one step, of every NeRF."""

    prepared: Float[Tensor, "nerf point prepared"]  # points as the encoding prepares them, ray by ray
    starts: Float[Tensor, "nerf ray sample"]
    ends: Float[Tensor, "nerf ray sample"]
    colour: Float[Tensor, "nerf ray 3"]
    alpha: Float[Tensor, "nerf ray"]
    background: Float[Tensor, "nerf 3"]


def ray_batches(objects: Sequence[FittingObject], nerf: NerfParams, seeds: Sequence[int]) -> Iterator[RayBatch]:
    """One batch for each step."""
    if objects[0][1].is_cuda:
        yield from joint_batches(objects, nerf, seeds)
        return
    by_object = [joint_batches([item], nerf, [seed]) for item, seed in zip(objects, seeds, strict=True)]
    names = [part.name for part in fields(RayBatch)]
    for batches in zip(*by_object, strict=True):
        yield RayBatch(**{name: torch.cat([getattr(batch, name) for batch in batches]) for name in names})


def joint_batches(objects: Sequence[FittingObject], nerf: NerfParams, seeds: Sequence[int]) -> Iterator[RayBatch]:
    """As `ray_batches`, by as many operations for many objects as for one, but for random numbers.

    `STEPS_PER_DRAW` steps are prepared in one pass, which costs less.
    """
    steps, rays, count = nerf.fitting.steps, nerf.fitting.rays, nerf.fitting.samples
    shifts = count if nerf.fitting.jitter == "samples" else 1
    hulls = torch.stack([hull for _, hull in objects])
    bounds = occupied_bounds(hulls)
    generators = [torch.Generator(hulls.device).manual_seed(seed) for seed in seeds]
    pixels = draw_pixels([views for views, _ in objects], steps * rays, seeds, hulls.device, nerf.fitting.pixels)
    for first in range(0, steps, STEPS_PER_DRAW):
        size = min(STEPS_PER_DRAW, steps - first)
        ray_pixels = pixels.subset(first * rays, (first + size) * rays)
        jitter, background = _uniform(generators, size * rays, shifts), _uniform(generators, size, 3)
        points, starts, ends = samples(ray_pixels.origins, ray_pixels.directions, hulls, count, jitter, bounds=bounds)
        prepared = _prepared_by_step(points, rays, nerf.field)
        others = {"starts": starts, "ends": ends, "colour": ray_pixels.colour, "alpha": ray_pixels.alpha}
        by_step = {name: values.split(rays, dim=1) for name, values in others.items()}
        for step, (points_of_step, of_step) in enumerate(zip(prepared, background.unbind(1), strict=True)):
            rays_of_step = {name: parts[step] for name, parts in by_step.items()}
            yield RayBatch(prepared=points_of_step, background=of_step, **rays_of_step)


def _uniform(generators: Sequence[torch.Generator], rows: int, width: int) -> Float[Tensor, "nerf {rows} {width}"]:
    """Numbers in [0, 1), each NeRF's from its own generator."""
    return torch.stack([torch.rand(rows, width, generator=random, device=random.device) for random in generators])


def _prepared_by_step(
    points: Float[Tensor, "nerf ray sample 3"], rays: int, architecture: FieldParams
) -> Iterator[Float[Tensor, "nerf point prepared"]]:
    """Prepared points of each step, `rays` rays; on a GPU, whose memory they would fill, one step at a time."""
    encoding = encoding_of(architecture)
    parts = points.split(rays, dim=1) if points.is_cuda else [points]
    for part in parts:
        for prepared in encoding.prepare(field.unit(part)).split(rays, dim=1):
            yield prepared.flatten(1, 2)
