"""What the decoder learns from: the NeRF's own field at points, or its own renders along rays (protocol 3).

Space that a NeRF's occupancy grid calls empty is empty here, as it is wherever the NeRF is rendered.
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
from fieldlink.nerf.radiance_targets import radiance, targets
from fieldlink.nerf.sampling import samples

# A field at points: positions [nerf, point, 3] → colour [nerf, point, 3] and density [nerf, point].
Field = Callable[[Tensor], tuple[Tensor, Tensor]]
Cameras = tuple[Tensor, Tensor]  # origins and unit directions of rays to draw from, [ray, 3] each

AT_ONCE = 8  # times as many rays as are kept are drawn together: few of a camera's rays meet the object
OF_RAYS = 0.8  # weight of the rays' loss; the background points have the rest


def at_points(
    decoded: Field, nerfs: NerfBatch, architecture: FieldParams, how: Nf2vecTrainingParams, random: torch.Generator
) -> Float[Tensor, ""]:
    """Mean squared error of `radiance`; half of the points lie in occupied cells."""
    points, target = targets(nerfs, architecture, how.points, random)
    return mse_loss(radiance(*decoded(points)), target)


def along_rays(
    decoded: Field,
    nerfs: NerfBatch,
    architecture: FieldParams,
    how: Nf2vecTrainingParams,
    *,
    random: torch.Generator,
    cameras: Cameras,
) -> Float[Tensor, ""]:
    """0.8 smoothL1(rays that meet the object) + 0.2 smoothL1(points in empty cells), over one random background.

    `cameras`: origins and unit directions of all rays to draw from. A background point's density, kept below 1 as
    1 - exp(-σ), is its opacity: a hard clamp would have no gradient just where the decoder is most wrong.
    """
    grids, background = nerfs.grids(), torch.rand(3, generator=random, device=nerfs.weights.device)
    rays = foreground(nerfs, architecture, how, random, cameras)
    with torch.no_grad():
        target = over(*rendered(own(nerfs, architecture), grids, rays, how.samples), background)
    jitter = torch.rand(rays[0].shape[:2], generator=random, device=background.device)
    seen = over(*rendered(decoded, grids, rays, how.samples, jitter), background)
    rgb, density = decoded(points_in(complement(nerfs.occupancy, nerfs.cells), nerfs.cells, how.points, random)[0])
    empty = over(rgb * -torch.expm1(-density)[..., None], -torch.expm1(-density), background)
    of_points = smooth_l1_loss(empty, background.expand_as(empty))
    return OF_RAYS * smooth_l1_loss(seen, target) + (1 - OF_RAYS) * of_points


@torch.no_grad()
def foreground(
    nerfs: NerfBatch,
    architecture: FieldParams,
    how: Nf2vecTrainingParams,
    random: torch.Generator,
    cameras: Cameras,
) -> tuple[Float[Tensor, "nerf ray 3"], Float[Tensor, "nerf ray 3"]]:
    """Origins and directions of the first `how.rays` random rays in which a NeRF shows.

    No more than `how.candidates` are drawn for each; if too few of these show it, they are repeated.
    """
    (origins, directions), field, grids = cameras, own(nerfs, architecture), nerfs.grids()
    drawn, shows = torch.zeros(2, len(nerfs), 0, dtype=torch.long, device=origins.device)
    for part in torch.arange(how.candidates).split(AT_ONCE * how.rays):
        which = torch.randint(len(origins), (len(nerfs), len(part)), generator=random, device=origins.device)
        _, opacity = rendered(field, grids, (origins[which], directions[which]), how.samples)
        drawn, shows = torch.cat([drawn, which], dim=1), torch.cat([shows, opacity > 0], dim=1)
        if (shows.sum(1) >= how.rays).all():
            break
    order = torch.sort(shows, dim=1, descending=True, stable=True).indices
    kept = order.gather(1, torch.arange(how.rays, device=order.device) % shows.sum(1, keepdim=True).clamp(min=1))
    chosen = drawn.gather(1, kept)
    return origins[chosen], directions[chosen]


def own(nerfs: NerfBatch, architecture: FieldParams) -> Field:
    """The NeRFs as a field."""
    return partial(evaluate, nerfs.weights, architecture=architecture)


def rendered(
    field: Field,
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
