"""What every step of a fit looks at: rays through drawn pixels, and the points along them.

An object's pixels, jitter and backgrounds come from its own seed, whatever is fitted beside it. A processor prepares
object by object, as its cache holds no more; a GPU all objects at once, for it waits for the start of operations.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from fieldlink.core.params import FieldParams, NerfParams
from fieldlink.nerf import field
from fieldlink.nerf.encodings import encoding_of
from fieldlink.nerf.fitting import pixels
from fieldlink.nerf.sampling import samples
from fieldlink.scenes.views import Views

STEPS_AT_ONCE = 8  # whose rays are prepared together

Object = tuple[Views, Bool[Tensor, "x y z"]]  # its views and its hull


@dataclass(frozen=True)
class RayBatch:
    """What one step looks at, of every NeRF."""

    known: Float[Tensor, "nerf point known"]
    starts: Float[Tensor, "nerf ray sample"]
    ends: Float[Tensor, "nerf ray sample"]
    colour: Float[Tensor, "nerf ray 3"]
    alpha: Float[Tensor, "nerf ray"]
    background: Float[Tensor, "nerf 3"]


def batches(objects: Sequence[Object], how: NerfParams, seeds: Sequence[int]) -> Iterator[RayBatch]:
    """One for each step."""
    if objects[0][1].is_cuda:
        yield from together(objects, how, seeds)
        return
    each = [together([one], how, [seed]) for one, seed in zip(objects, seeds, strict=True)]
    names = [part.name for part in fields(RayBatch)]
    for own in zip(*each, strict=True):
        yield RayBatch(*(torch.cat([getattr(batch, name) for batch in own]) for name in names))


def together(objects: Sequence[Object], how: NerfParams, seeds: Sequence[int]) -> Iterator[RayBatch]:
    """The number of operations doesn't grow with that of objects, but for random numbers; some steps are prepared
    at once, which costs less."""
    steps, rays, count = how.fitting.steps, how.fitting.rays, how.fitting.samples
    hulls = torch.stack([hull for _, hull in objects])
    generators = [torch.Generator(hulls.device).manual_seed(seed) for seed in seeds]
    drawn = pixels.drawn([views for views, _ in objects], steps * rays, seeds, hulls.device)
    for first in range(0, steps, STEPS_AT_ONCE):
        now = min(STEPS_AT_ONCE, steps - first)
        seen = drawn.some(first * rays, (first + now) * rays)
        jitter, background = _random(generators, now * rays, count), _random(generators, now, 3)
        points, starts, ends = samples(seen.origins, seen.directions, hulls, count, jitter)
        known = _prepared(points, rays, how.field)
        others = (part.split(rays, dim=1) for part in (starts, ends, seen.colour, seen.alpha))
        for batch in zip(known, *others, background.unbind(1), strict=True):
            yield RayBatch(*batch)


def _random(generators: Sequence[torch.Generator], rows: int, width: int) -> Float[Tensor, "nerf {rows} {width}"]:
    """In [0, 1), each NeRF's from its own generator."""
    return torch.stack([torch.rand(rows, width, generator=one, device=one.device) for one in generators])


def _prepared(
    points: Float[Tensor, "nerf ray sample 3"], rays: int, architecture: FieldParams
) -> Iterator[Float[Tensor, "nerf point known"]]:
    """What is known of the points of each step, `rays` rays; on a GPU, whose memory it would fill, of one at a time."""
    encoding = encoding_of(architecture)
    parts = points.split(rays, dim=1) if points.is_cuda else [points]
    for part in parts:
        for known in encoding.prepare(field.unit(part)).split(rays, dim=1):
            yield known.flatten(1, 2)
