"""Encodings of positions: frequencies (NeRF, Mildenhall et al. 2020, eq. 4; protocol 2), or a grid of learned features.

The grid is instant-ngp's multiresolution hash encoding (Müller et al. 2022, eq. 1 to 4).
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import embedding

from fieldlink.core.params import HashGridParams
from fieldlink.nerf.weight_layout import levels

PRIMES = (1, 2654435761, 805459861)  # of the spatial hash, by axis (eq. 4)


@torch.no_grad()
def frequency(x: Float[Tensor, "*batch 3"], octaves: int) -> Float[Tensor, "*batch {6*octaves}"]:
    """sin(2^k π x), cos(2^k π x): axis outer, k = 0 … octaves-1, sine before cosine. `x` in [0, 1]; no gradient.

    The phase is reduced first: in turns, 2^(k-1) x and its fraction are exact, 2^k π x rounds off its phase at high k.
    """
    if x.is_cuda:
        return in_few_passes(x, octaves)
    turns = x[..., None] * torch.exp2(torch.arange(octaves) - 1.0).repeat_interleave(2)
    turns -= turns.round()
    turns += torch.tensor([0.0, 0.25]).repeat(octaves)  # a cosine is a sine a quarter turn on
    return turns.mul_(2 * math.pi).sin_().flatten(-2)


def in_few_passes(x: Float[Tensor, "*batch 3"], octaves: int) -> Float[Tensor, "*batch {6*octaves}"]:
    """As `frequency` up to rounding; memory, which a GPU waits for, is passed over a third as often.

    A complex number e^{i (π/2 - a)} is sin a beside cos a.
    """
    turns = (x[..., None] * torch.exp2(torch.arange(octaves, device=x.device) - 1.0)).frac_()
    angle = torch.rsub(turns, math.pi / 2, alpha=2 * math.pi)
    return torch.view_as_real(torch.polar(angle.new_ones(()), angle)).flatten(-3)


def hashed(
    x: Float[Tensor, "nerf point 3"], table: Float[Tensor, "nerf entry feature"], grid: HashGridParams
) -> Float[Tensor, "nerf point {grid.levels*grid.features}"]:
    """Each level's features, trilinear between the vertices around `x` in [0, 1]: level outer; no gradient by `x`."""
    index, weight = corners(x, grid)
    own = torch.arange(len(table), device=x.device)[:, None, None, None] * table.shape[1]
    features = embedding(index + own, table.flatten(0, 1))
    return (weight[..., None] * features).sum(-2).flatten(-2)


@torch.no_grad()
def corners(
    x: Float[Tensor, "*batch 3"], grid: HashGridParams
) -> tuple[Int[Tensor, "*batch {grid.levels} 8"], Float[Tensor, "*batch {grid.levels} 8"]]:
    """Table entries of the eight vertices around each position in each level, and their trilinear weights.

    A level whose vertices all fit its table has an entry for each; in finer ones they share entries by the hash.
    """
    sizes = levels(grid)
    cells = torch.tensor([count for count, _ in sizes], device=x.device)[:, None]
    place = x.clamp(0, 1)[..., None, :] * cells
    low = torch.minimum(place.floor(), cells - 1)  # the far wall belongs to the last cell
    above = (place - low)[..., None]
    whole = sum((count + 1) ** 3 <= size for count, size in sizes)  # levels without the hash: the coarsest
    factors = [(1, count + 1, (count + 1) ** 2) for count, _ in sizes[:whole]] + [PRIMES] * (len(sizes) - whole)
    keys = torch.stack([low, low + 1], dim=-1).long() * torch.tensor(factors, device=x.device)[..., None]
    along_x, along_y, along_z = _outer(keys)
    known = (along_x + along_y + along_z)[..., :whole, :, :, :]
    shared = (along_x ^ along_y ^ along_z)[..., whole:, :, :, :] % 2**grid.log2_table
    first = torch.tensor([0, *(size for _, size in sizes[:-1])], device=x.device).cumsum(0)[:, None]
    index = torch.cat([known, shared], dim=-4).flatten(-3) + first
    weight_x, weight_y, weight_z = _outer(torch.cat([1 - above, above], dim=-1))
    return index, (weight_x * weight_y * weight_z).flatten(-3)


def _outer(values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """A pair of values for each axis, [… axis 2], laid out so that their product has the eight combinations."""
    x, y, z = values.unbind(-2)
    return x[..., :, None, None], y[..., None, :, None], z[..., None, None, :]
