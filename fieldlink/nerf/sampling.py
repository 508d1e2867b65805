"""Where rays are sampled: evenly along the parts of them that lie in occupied cells."""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from fieldlink.nerf.field import HALF

MIN_STEPS = 48  # stretches of a ray through the whole box that are looked up in the grid
Bounds = tuple[Float[Tensor, "*nerf 3"], Float[Tensor, "*nerf 3"]]  # corners of a box: lowest and highest
BY_RAY = ("origins", "directions", "near", "stretch", "length", "first")  # of `RaySegments`


def box_distances(
    origins: Float[Tensor, "*ray 3"],
    directions: Float[Tensor, "*ray 3"],
    low: Float[Tensor, "*#ray 3"] | float = -HALF,
    high: Float[Tensor, "*#ray 3"] | float = HALF,
) -> tuple[Float[Tensor, "*ray"], Float[Tensor, "*ray"]]:
    """Distances at which each ray enters and leaves a box, in lengths of its direction; far = near for a miss."""
    safe = torch.where(directions.abs() < 1e-9, torch.full_like(directions, 1e-9), directions)
    first, last = (low - origins) / safe, (high - origins) / safe
    near = torch.minimum(first, last).amax(-1).clamp(min=0)
    return near, torch.maximum(torch.maximum(first, last).amin(-1), near)


def occupied_bounds(
    occupancy: Bool[Tensor, "*nerf x y z"],
) -> Bounds:
    """Lowest and highest corner of the box around the occupied cells; both the same if there are none."""
    cells = occupancy.shape[-1]
    flat = occupancy.any(-1)
    along = torch.stack([flat.any(-1), flat.any(-2), occupancy.any(-2).any(-2)], dim=-2).float()
    first = along.argmax(-1)
    last = torch.where(along.any(-1), cells - along.flip(-1).argmax(-1), first)
    return (2 * HALF / cells) * first - HALF, (2 * HALF / cells) * last - HALF


def steps_within(bounds: Bounds, cells: int) -> int:
    """Stretches of a ray in the bounds of one grid, of `cells` along an axis, as long as those of the whole box."""
    low, high = bounds
    return max(1, math.ceil((high - low).max().item() / (2 * HALF) * _steps(cells) - 1e-3))


def _steps(cells: int) -> int:
    """Stretches of a ray in the whole box."""
    return max(MIN_STEPS, cells)


def true_places(mask: Bool[Tensor, " item"]) -> Int[Tensor, " true"]:
    """Where a mask is true; by numpy on a CPU, which finds them several times as fast as torch."""
    return mask.nonzero()[:, 0] if mask.is_cuda else torch.from_numpy(np.flatnonzero(mask.numpy()))


def lookup(occupancy: Bool[Tensor, "x y z"], points: Float[Tensor, "*batch 3"]) -> Bool[Tensor, "*batch"]:
    """Whether the cell around each point is occupied. Points outside the box take the nearest cell."""
    return _cells(occupancy, *((points + HALF) * (occupancy.shape[-1] / (2 * HALF))).unbind(-1))


def _cells(occupancy: Bool[Tensor, "*nerf x y z"], x: Tensor, y: Tensor, z: Tensor) -> Tensor:
    """As `lookup`, by coordinates in cells, a tensor an axis: much faster on a CPU than triples; so are 32-bit indices.

    Where the grids have more cells than these can count, indices have 64 bits. With several grids, the first axis of
    `x`, `y`, `z` is that of the grids: each looks up its own points. The coordinates are changed.
    """
    cells = occupancy.shape[-1]
    index = torch.int32 if occupancy.numel() <= torch.iinfo(torch.int32).max else torch.int64
    x, y, z = (part.clamp_(0, cells - 1).to(index) for part in (x, y, z))
    cell = (x * cells + y) * cells + z
    if occupancy.ndim == 4:
        first = torch.arange(len(occupancy), dtype=index, device=occupancy.device) * cells**3
        cell += first.view(-1, *[1] * (cell.ndim - 1))
    return occupancy.view(-1).index_select(0, cell.view(-1)).view(x.shape)


def samples(
    origins: Float[Tensor, "*nerf ray 3"],
    directions: Float[Tensor, "*nerf ray 3"],
    occupancy: Bool[Tensor, "*nerf x y z"],
    count: int,
    jitter: Float[Tensor, "*#nerf #ray #sample"],
    *,
    steps: int | None = None,
    bounds: Bounds | None = None,
) -> tuple[Float[Tensor, "*nerf ray sample 3"], Float[Tensor, "*nerf ray sample"], Float[Tensor, "*nerf ray sample"]]:
    """`count` points of each ray with the starts and ends of their intervals, which divide its occupied part evenly.

    `jitter` in [0, 1) is the position of a point in its interval (0.5: midpoints). Starts and ends are measured along
    the occupied part, so that empty space has no length. A ray that meets no occupied cell has intervals of no length.
    `occupancy` is one grid, or several with rays of their own. `steps` and `bounds` are those of `RaySegments.of`.
    """
    rays = RaySegments.of(origins, directions, occupancy, steps, bounds)
    number = torch.arange(count, device=origins.device)
    length = rays.length[..., None] / count
    starts = length * number
    return rays.points(starts + jitter * length), starts, starts + length


@dataclass(frozen=True)
class RaySegments:
    """The occupied part of each ray: its segments in occupied cells, one behind the other.

    The part of a ray in the box around the occupied cells is divided into equal stretches. Those whose middles lie in
    empty cells are dropped. `*ray`: the rays of one grid, or of several [nerf, ray].
    """

    origins: Float[Tensor, "*ray 3"]
    directions: Float[Tensor, "*ray 3"]
    near: Float[Tensor, "*ray"]  # distance of the first stretch
    stretch: Float[Tensor, "*ray"]  # its length
    length: Float[Tensor, "*ray"]  # of all its occupied stretches
    first: Int[Tensor, "*ray"]  # index in `number` of a ray's first occupied stretch
    number: Int[Tensor, " occupied"]  # of a stretch along its ray; those of all rays one behind the other

    @classmethod
    def of(
        cls,
        origins: Float[Tensor, "*nerf ray 3"],
        directions: Float[Tensor, "*nerf ray 3"],
        occupancy: Bool[Tensor, "*nerf x y z"],
        steps: int | None = None,
        bounds: Bounds | None = None,
    ) -> "RaySegments":
        """From `steps` stretches of each ray; by default as many as a grid has cells along an axis.

        A stretch is then no longer than the ray's part in one layer of cells, so that the thinnest wall is found.
        `bounds`: the grids' `occupied_bounds`, where they are known.
        """
        steps = steps or _steps(occupancy.shape[-1])
        low, high = (corner[..., None, :] for corner in bounds or occupied_bounds(occupancy))
        near, far = box_distances(origins, directions, low, high)
        stretch = (far - near) / steps
        # Middles of stretches in cells: for each axis an affine function of the stretch's number.
        scale, middle = occupancy.shape[-1] / (2 * HALF), torch.arange(steps, device=near.device) + 0.5
        start = (origins + near[..., None] * directions + HALF) * scale
        along = stretch[..., None] * directions * scale
        places = [torch.addcmul(start[..., axis, None], along[..., axis, None], middle) for axis in range(3)]
        occupied = _cells(occupancy, *places) & (far > near)[..., None]
        count = occupied.sum(-1)
        number = torch.cat([true_places(occupied.view(-1)) % steps, count.new_zeros(1)])  # never empty
        first = count.view(-1).cumsum(0).view(count.shape) - count
        return cls(origins, directions, near, stretch, count * stretch, first, number)

    def subset(self, rays: Int[Tensor, " chosen"]) -> "RaySegments":
        """The segments of some rays of one grid."""
        return replace(self, **{name: getattr(self, name)[rays] for name in BY_RAY})

    def flat(self) -> "RaySegments":
        """The rays of several grids along one axis."""
        return replace(self, **{name: getattr(self, name).flatten(0, 1) for name in BY_RAY})

    def points(self, along: Float[Tensor, "*ray sample"]) -> Float[Tensor, "*ray sample 3"]:
        """World points at distances in [0, length] along the occupied part."""
        stretches = along / self.stretch.clamp(min=1e-9)[..., None]
        whole = stretches.floor()
        segment = self.first[..., None] + whole.int()
        number = self.number.index_select(0, segment.clamp_(max=len(self.number) - 1).view(-1)).view(along.shape)
        distance = self.near[..., None] + self.stretch[..., None] * (number + (stretches - whole))
        return self.origins[..., None, :] + distance[..., None] * self.directions[..., None, :]
