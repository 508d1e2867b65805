"""Supervision of the decoder: by the NeRF's own field at points, or by its own renders along rays (protocol 3).

Empty cells of a NeRF's occupancy grid have no density here, as wherever the NeRF is rendered.
"""

from collections.abc import Callable
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import mse_loss, smooth_l1_loss

from fieldlink.core.params import FieldParams, Nf2vecTrainingParams
from fieldlink.nerf.compositing import RayColours, composite, over
from fieldlink.nerf.field import FieldValues, evaluate
from fieldlink.nerf.marched_points import composite_marched, march_points
from fieldlink.nerf.nerf_batches import NerfBatch, complement, distinct_points_outside, points_in
from fieldlink.nerf.object_cameras import Rays
from fieldlink.nerf.radiance_targets import draw_targets, radiance
from fieldlink.nerf.sampling import samples

# A field at points: positions [nerf, point, 3] → colour [nerf, point, 3] and density [nerf, point].
PointField = Callable[[Tensor], FieldValues]

OVERSAMPLING = 8  # times as many rays are drawn as are wanted: few of a camera's rays meet the object
RAY_WEIGHT = 0.8  # of the rays' loss; the background points have the rest


def at_points(
    decoded: PointField,
    nerfs: NerfBatch,
    architecture: FieldParams,
    training: Nf2vecTrainingParams,
    random: torch.Generator,
) -> Float[Tensor, ""]:
    """Mean squared error of `radiance`; half of the points lie in occupied cells."""
    points, target = draw_targets(nerfs, architecture, training.points, random)
    values = decoded(points)
    return mse_loss(radiance(values.rgb, values.density), target)


def along_rays(
    decoded: PointField,
    nerfs: NerfBatch,
    architecture: FieldParams,
    training: Nf2vecTrainingParams,
    *,
    random: torch.Generator,
    cameras: Rays | None,
) -> Float[Tensor, ""]:
    """0.8 smoothL1(rays that meet the object) + 0.2 smoothL1(points in empty cells), over one random background.

    `cameras`: all rays to draw from. None: the NeRFs have cameras of their own.
    """
    background = torch.rand(3, generator=random, device=nerfs.weights.device)
    rays = foreground_rays(nerfs, architecture, training, random, cameras)
    target = target_colours(rendered(nerfs, architecture, training, rays), background, training)
    shift = torch.rand(rays.origins.shape[:2], generator=random, device=background.device)
    if training.sampling == "march":
        colours, of_points = marched_colours(decoded, nerfs, training, rays, shift, background, random)
    else:
        shown = render_rays(decoded, nerfs.grids(), rays, training.samples, shift)
        colours = over(shown.colour, shown.opacity, background)
        bits = complement(nerfs.occupancy, nerfs.cells)
        points, _ = points_in(bits, nerfs.cells, training.points, random)
        of_points = empty_errors(decoded(points), background, training).mean()
    return RAY_WEIGHT * smooth_l1_loss(colours, target) + (1 - RAY_WEIGHT) * of_points


def target_colours(
    rendered_rays: RayColours, background: Float[Tensor, "3"], training: Nf2vecTrainingParams
) -> Float[Tensor, "nerf ray 3"]:
    """What rays should show over the background; as published the result is put on it once more."""
    opacity = rendered_rays.opacity
    target = over(rendered_rays.colour, opacity, background)
    if training.composited == "once":
        return target
    return over(target * opacity[..., None], opacity, background)


def empty_errors(
    values: FieldValues, background: Float[Tensor, "3"], training: Nf2vecTrainingParams
) -> Float[Tensor, "nerf point 3"]:
    """Smooth-L1 of points in empty cells, which should show the background.

    Their opacity is 1 - exp(-σ), or as published σ itself, which is no opacity beyond 1. σ clamped to 1 would have no
    gradient where the decoder is most wrong.
    """
    opacity = -torch.expm1(-values.density) if training.background == "exponential" else values.density
    shown = over(values.rgb * opacity[..., None], opacity, background)
    return smooth_l1_loss(shown, background.expand_as(shown), reduction="none")


def marched_colours(
    decoded: PointField,
    nerfs: NerfBatch,
    training: Nf2vecTrainingParams,
    rays: Rays,
    shift: Float[Tensor, "nerf ray"],
    background: Float[Tensor, "3"],
    random: torch.Generator,
) -> tuple[Float[Tensor, "nerf ray 3"], Float[Tensor, ""]]:
    """Colours of rays whose points are `training.step` apart, and the mean error of points in empty cells.

    A NeRF has at most `training.most_points` points along its rays, a random part of all. It has `training.points`
    points in empty cells, and one more for each point that is lacking along its rays. The mean counts the points that a
    NeRF lacks beside others as right.
    """
    marched = march_points(rays.origins, rays.directions, nerfs.grids(), training.step, shift)
    if marched.lengths.shape[1] > training.most_points:
        keys = torch.rand(marched.lengths.shape, generator=random, device=background.device) + (marched.lengths == 0)
        marched = marched.subset(keys.topk(training.most_points, dim=1, largest=False).indices.sort(dim=1).values)
    along = decoded(marched.points)
    shown = composite_marched(along.rgb, along.density, marched)
    colours = over(shown.colour, shown.opacity, background)
    needed = training.most_points + training.points - (marched.lengths > 0).sum(1, keepdim=True)
    points, is_empty = distinct_points_outside(nerfs, int(needed.max()), random)
    counted = is_empty & (torch.arange(points.shape[1], device=background.device) < needed)
    return colours, (empty_errors(decoded(points), background, training) * counted[..., None]).mean()


@torch.no_grad()
def foreground_rays(
    nerfs: NerfBatch,
    architecture: FieldParams,
    training: Nf2vecTrainingParams,
    random: torch.Generator,
    cameras: Rays | None,
) -> Rays:
    """The first `training.rays` random rays on which a NeRF is visible.

    At most `training.candidates` rays are drawn for each NeRF. Where too few of these show it, they are repeated.
    """
    device = nerfs.weights.device
    origins, directions = torch.zeros(2, len(nerfs), 0, 3, device=device)
    shows = torch.zeros(len(nerfs), 0, dtype=torch.bool, device=device)
    for part in torch.arange(training.candidates).split(OVERSAMPLING * training.rays):
        candidates = _drawn_rays(nerfs, len(part), training, random, cameras)
        opacity = rendered(nerfs, architecture, training, candidates).opacity
        origins, directions = (
            torch.cat([origins, candidates.origins], dim=1),
            torch.cat([directions, candidates.directions], dim=1),
        )
        shows = torch.cat([shows, opacity > 0], dim=1)
        if (shows.sum(1) >= training.rays).all():
            break
    order = torch.sort(shows, dim=1, descending=True, stable=True).indices
    first = order.gather(1, torch.arange(training.rays, device=device) % shows.sum(1, keepdim=True).clamp(min=1))
    return Rays(origins.take_along_dim(first[..., None], 1), directions.take_along_dim(first[..., None], 1))


def _drawn_rays(
    nerfs: NerfBatch, count: int, training: Nf2vecTrainingParams, random: torch.Generator, cameras: Rays | None
) -> Rays:
    """`count` rays for each NeRF."""
    if cameras is None:
        assert nerfs.cameras, "rays are drawn from the NeRFs' own cameras, and they have none"
        return nerfs.cameras.rays(count, training.pixels, random)
    index = torch.randint(len(cameras.origins), (len(nerfs), count), generator=random, device=cameras.origins.device)
    return Rays(cameras.origins[index], cameras.directions[index])


@torch.no_grad()
def rendered(
    nerfs: NerfBatch,
    architecture: FieldParams,
    training: Nf2vecTrainingParams,
    rays: Rays,
) -> RayColours:
    """Colour on black and opacity of each NeRF's rays, sampled as `training.sampling` says, without jitter."""
    field, grids = field_of(nerfs, architecture), nerfs.grids()
    if training.sampling == "even":
        return render_rays(field, grids, rays, training.samples)
    marched = march_points(rays.origins, rays.directions, grids, training.step)
    values = field(marched.points)
    return composite_marched(values.rgb, values.density, marched)


def field_of(nerfs: NerfBatch, architecture: FieldParams) -> PointField:
    """The NeRFs as a field."""
    return partial(evaluate, nerfs.weights, architecture=architecture)


def render_rays(
    field: PointField,
    grids: Tensor,
    rays: Rays,
    count: int,
    jitter: Float[Tensor, "nerf ray"] | None = None,
) -> RayColours:
    """Colour on black and opacity of each NeRF's rays, `count` samples each; without `jitter` at midpoints."""
    jitter = torch.full(rays.origins.shape[:2], 0.5, device=grids.device) if jitter is None else jitter
    points, starts, ends = samples(rays.origins, rays.directions, grids, count, jitter[..., None])
    rgb, density = field(points.flatten(1, 2))
    shape = points.shape[1:3]
    return composite(rgb.unflatten(1, shape), density.unflatten(1, shape), starts, ends)
