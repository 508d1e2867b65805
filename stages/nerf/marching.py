"""Along rays: where to sample, and compositing. The door to nerfacc (its dense functions run on any device).

The integral is the emission-absorption model of NeRF (Mildenhall et al. 2020, eq. 3): a sample of density σ and length
δ has opacity 1 - exp(-σδ), and is seen through the transmittance of the samples before it.
"""

import nerfacc
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from stages.nerf.field import HALF


def composite(
    rgb: Float[Tensor, "*ray sample 3"],
    density: Float[Tensor, "*ray sample"],
    starts: Float[Tensor, "*ray sample"],
    ends: Float[Tensor, "*ray sample"],
) -> tuple[Float[Tensor, "*ray 3"], Float[Tensor, "*ray"]]:
    """Colour on black and opacity of each ray: Σ w_i c_i and Σ w_i, w_i = (1 - exp(-σ_i δ_i)) exp(-Σ_{j<i} σ_j δ_j)."""
    weights, _, _ = nerfacc.render_weight_from_density(starts, ends, density)
    colour = nerfacc.accumulate_along_rays(weights, rgb)
    return colour, nerfacc.accumulate_along_rays(weights)[..., 0]


def over(
    colour: Float[Tensor, "*ray 3"], opacity: Float[Tensor, "*ray"], background: Float[Tensor, "*#ray 3"]
) -> Float[Tensor, "*ray 3"]:
    """A colour on black, over a background."""
    return colour + (1 - opacity)[..., None] * background


def box(
    origins: Float[Tensor, "ray 3"], directions: Float[Tensor, "ray 3"]
) -> tuple[Float[Tensor, " ray"], Float[Tensor, " ray"]]:
    """Where each ray enters and leaves the box, in lengths of its direction; a ray that misses has far = near."""
    safe = torch.where(directions.abs() < 1e-9, torch.full_like(directions, 1e-9), directions)
    walls = torch.stack([(-HALF - origins) / safe, (HALF - origins) / safe])
    near = walls.amin(0).amax(-1).clamp(min=0)
    return near, torch.maximum(walls.amax(0).amin(-1), near)


def lookup(occupancy: Bool[Tensor, "x y z"], points: Float[Tensor, "*batch 3"]) -> Bool[Tensor, "*batch"]:
    """Is the cell that holds the point occupied? Points outside the box take the nearest cell."""
    cells = len(occupancy)
    index = ((points + HALF) * (cells / (2 * HALF))).long().clamp_(0, cells - 1)
    return occupancy.view(-1)[(index[..., 0] * cells + index[..., 1]) * cells + index[..., 2]]


def samples(
    origins: Float[Tensor, "ray 3"],
    directions: Float[Tensor, "ray 3"],
    occupancy: Bool[Tensor, "x y z"],
    count: int,
    jitter: Float[Tensor, "ray #sample"],
    steps: int = 64,
) -> tuple[Float[Tensor, "ray sample 3"], Float[Tensor, "ray sample"], Float[Tensor, "ray sample"]]:
    """`count` points per ray, spread evenly over the part of it that lies in occupied cells.

    The ray's way through the box is looked up at `steps` places, each standing for its stretch; stretches in empty
    cells are cut out, what is left is divided into `count` equal intervals, and `jitter` in [0, 1) says where in its
    interval a point lies (0.5: midpoints). Also returned: starts and ends of the intervals, measured along what is
    left, so that empty space has no length. A ray without occupied stretches has intervals of no length.
    """
    near, far = box(origins, directions)
    stretch = (far - near) / steps
    places = near[:, None] + stretch[:, None] * (torch.arange(steps, device=near.device) + 0.5)
    occupied = lookup(occupancy, origins[:, None] + places[..., None] * directions[:, None])
    order, counts = _first_occupied(occupied)
    length = counts * stretch / count  # of one interval
    number = torch.arange(count, device=near.device)
    into = (number + jitter) * (counts / count)[:, None]  # in stretches, along what is left
    whole = into.long().clamp_(max=steps - 1)
    distance = near[:, None] + stretch[:, None] * (order.gather(1, whole) + (into - whole))
    points = origins[:, None] + distance[..., None] * directions[:, None]
    starts = length[:, None] * number
    return points, starts, starts + length[:, None]


def _first_occupied(occupied: Bool[Tensor, "ray step"]) -> tuple[Tensor, Tensor]:
    """Indices of the occupied steps, in order, then the others; and how many are occupied."""
    return torch.sort(~occupied, dim=1, stable=True).indices, occupied.sum(1)
