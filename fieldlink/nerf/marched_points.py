"""Points a fixed step apart along rays, as the published code marches them: those of all rays one behind the other.

Rays hold few points or many, by how much of them is occupied. Their points fill the slots of one flat axis, so that
none is computed for nothing.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from fieldlink.nerf.compositing import RayColours
from fieldlink.nerf.sampling import RaySegments

MOST_DEPTH = 50.0  # optical, of an interval: more is as opaque, and would drown the sums of the rays behind it


@dataclass(frozen=True)
class MarchedPoints:
    """Points of each NeRF's rays, ray by ray and along each. A slot without a point has an interval of no length."""

    points: Float[Tensor, "nerf slot 3"]
    lengths: Float[Tensor, "nerf slot"]  # of the intervals, whose middles the points are
    ray: Int[Tensor, "nerf slot"]  # the point's ray, from 0
    whole: Bool[Tensor, "nerf ray"]  # rays that no point is missing from

    def subset(self, slots: Int[Tensor, "nerf chosen"]) -> "MarchedPoints":
        """The points in some slots, in rising order; rays are without the others."""
        points = self.points.take_along_dim(slots[..., None], 1)
        return replace(self, points=points, lengths=self.lengths.gather(1, slots), ray=self.ray.gather(1, slots))


def march_points(
    origins: Float[Tensor, "nerf ray 3"],
    directions: Float[Tensor, "nerf ray 3"],
    occupancy: Bool[Tensor, "nerf x y z"],
    step: float,
    shift: Float[Tensor, "nerf ray"] | float = 0.0,
    most: int | None = None,
) -> MarchedPoints:
    """The middles of intervals of length `step` along each ray's occupied part. The last interval may be shorter.

    `shift` in [0, 1) is the part of a step before a ray's first interval. A NeRF has at most `most` points: where its
    rays have more, the last ones are left out.
    """
    segments = RaySegments.of(origins, directions, occupancy)
    count = (segments.length / step - shift).ceil().clamp(min=0).long()
    ends = count.cumsum(1)
    slot_count = int(ends.amax().item()) if most is None else min(int(ends.amax().item()), most)
    slot = torch.arange(slot_count, device=ends.device).repeat(len(ends), 1)
    ray = torch.searchsorted(ends, slot, right=True).clamp(max=ends.shape[1] - 1)
    number = slot - (ends - count).gather(1, ray)
    shifts = shift.gather(1, ray) if isinstance(shift, Tensor) else shift
    length = segments.length.gather(1, ray)
    starts = torch.minimum((number + shifts) * step, length)
    lengths = (length - starts).clamp(max=step) * (slot < ends[:, -1:])
    flat = ray + ends.shape[1] * torch.arange(len(ends), device=ends.device)[:, None]
    points = segments.flat().subset(flat.flatten()).points((starts + lengths / 2).view(-1, 1))
    return MarchedPoints(points.view(*ray.shape, 3), lengths, ray, ends <= slot_count)


def composite_marched(
    rgb: Float[Tensor, "nerf slot 3"], density: Float[Tensor, "nerf slot"], marched: MarchedPoints
) -> RayColours:
    """Colour on black and opacity of each ray, as `compositing.composite` gives them for one ray beside the other."""
    depth = (density * marched.lengths).double().clamp(max=MOST_DEPTH)
    before = depth.cumsum(1) - depth  # of this ray and of those in front of it in the row
    is_first = torch.diff(marched.ray, dim=1, prepend=torch.full_like(marched.ray[:, :1], -1)) != 0
    others = torch.where(is_first, before, torch.zeros_like(before)).cummax(1).values if depth.shape[1] else before
    weight = (torch.exp(others - before) * -torch.expm1(-depth)).to(rgb.dtype)
    rays = marched.whole.shape[1]
    colour = rgb.new_zeros(len(rgb), rays, 3)
    colour = colour.scatter_add(1, marched.ray[..., None].expand_as(rgb), weight[..., None] * rgb)
    return RayColours(colour, rgb.new_zeros(len(rgb), rays).scatter_add(1, marched.ray, weight))
