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
from fieldlink.nerf.compositing import composite, over
from fieldlink.nerf.field import evaluate
from fieldlink.nerf.nerf_batches import NerfBatch, complement, points_in
from fieldlink.nerf.radiance_targets import draw_targets, radiance
from fieldlink.nerf.sampling import samples

# A field at points: positions [nerf, point, 3] → colour [nerf, point, 3] and density [nerf, point].
PointField = Callable[[Tensor], tuple[Tensor, Tensor]]
CameraRays = tuple[Tensor, Tensor]  # origins and unit directions of rays to draw from, [ray, 3] each

OVERSAMPLING = 8  # times as many rays are drawn as are wanted: few of a camera's rays meet the object
RAY_WEIGHT = 0.8  # of the rays' loss; the background points have the rest


def at_points(
    decoded: PointField,
    nerfs: NerfBatch,
    architecture: FieldParams,
    params: Nf2vecTrainingParams,
    random: torch.Generator,
) -> Float[Tensor, ""]:
    """Mean squared error of `radiance`; half of the points lie in occupied cells."""
    points, target = draw_targets(nerfs, architecture, params.points, random)
    return mse_loss(radiance(*decoded(points)), target)


def along_rays(
    decoded: PointField,
    nerfs: NerfBatch,
    architecture: FieldParams,
    params: Nf2vecTrainingParams,
    *,
    random: torch.Generator,
    cameras: CameraRays,
) -> Float[Tensor, ""]:
    """0.8 smoothL1(rays that meet the object) + 0.2 smoothL1(points in empty cells), over one random background.

    `cameras`: origins and unit directions of all rays to draw from. The opacity of a background point is 1 - exp(-σ):
    its density clamped to 1 would have no gradient where the decoder is most wrong.
    """
    grids, background = nerfs.grids(), torch.rand(3, generator=random, device=nerfs.weights.device)
    rays = foreground_rays(nerfs, architecture, params, random, cameras)
    with torch.no_grad():
        target = over(*render_rays(field_of(nerfs, architecture), grids, rays, params.samples), background)
    jitter = torch.rand(rays[0].shape[:2], generator=random, device=background.device)
    seen = over(*render_rays(decoded, grids, rays, params.samples, jitter), background)
    rgb, density = decoded(points_in(complement(nerfs.occupancy, nerfs.cells), nerfs.cells, params.points, random)[0])
    empty = over(rgb * -torch.expm1(-density)[..., None], -torch.expm1(-density), background)
    of_points = smooth_l1_loss(empty, background.expand_as(empty))
    return RAY_WEIGHT * smooth_l1_loss(seen, target) + (1 - RAY_WEIGHT) * of_points


@torch.no_grad()
def foreground_rays(
    nerfs: NerfBatch,
    architecture: FieldParams,
    params: Nf2vecTrainingParams,
    random: torch.Generator,
    cameras: CameraRays,
) -> tuple[Float[Tensor, "nerf ray 3"], Float[Tensor, "nerf ray 3"]]:
    """Origins and directions of the first `params.rays` random rays on which a NeRF is visible.

    No more than `params.candidates` are drawn for each NeRF; where too few of these show it, they are repeated.
    """
    (origins, directions), field, grids = cameras, field_of(nerfs, architecture), nerfs.grids()
    candidates, shows = torch.zeros(2, len(nerfs), 0, dtype=torch.long, device=origins.device)
    for part in torch.arange(params.candidates).split(OVERSAMPLING * params.rays):
        index = torch.randint(len(origins), (len(nerfs), len(part)), generator=random, device=origins.device)
        _, opacity = render_rays(field, grids, (origins[index], directions[index]), params.samples)
        candidates, shows = torch.cat([candidates, index], dim=1), torch.cat([shows, opacity > 0], dim=1)
        if (shows.sum(1) >= params.rays).all():
            break
    order = torch.sort(shows, dim=1, descending=True, stable=True).indices
    first = order.gather(1, torch.arange(params.rays, device=order.device) % shows.sum(1, keepdim=True).clamp(min=1))
    chosen = candidates.gather(1, first)
    return origins[chosen], directions[chosen]


def field_of(nerfs: NerfBatch, architecture: FieldParams) -> PointField:
    """The NeRFs as a field."""
    return partial(evaluate, nerfs.weights, architecture=architecture)


def render_rays(
    field: PointField,
    grids: Tensor,
    rays: tuple[Float[Tensor, "nerf ray 3"], Float[Tensor, "nerf ray 3"]],
    count: int,
    jitter: Float[Tensor, "nerf ray"] | None = None,
) -> tuple[Float[Tensor, "nerf ray 3"], Float[Tensor, "nerf ray"]]:
    """Colour on black and opacity of each NeRF's rays, `count` samples each; without `jitter` at midpoints."""
    jitter = torch.full(rays[0].shape[:2], 0.5, device=grids.device) if jitter is None else jitter
    points, starts, ends = samples(*rays, grids, count, jitter[..., None])
    rgb, density = field(points.flatten(1, 2))
    shape = points.shape[1:3]
    return composite(rgb.unflatten(1, shape), density.unflatten(1, shape), starts, ends)
