"""instant-ngp's multiresolution hash encoding (Müller et al. 2022, eq. 1 to 4): grids of learned features."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from jaxtyping import Float, Int

from fieldlink.core.params.nerf import FieldParams, HashGridParams
from fieldlink.nerf.encodings.encoding import Encoding

if TYPE_CHECKING:
    from torch import Tensor
else:
    Tensor = Any  # stages that only count weights do without torch

PRIMES = (1, 2654435761, 805459861)  # of the spatial hash, by axis (eq. 4)


@dataclass(frozen=True)
class HashGridEncoding(Encoding):
    """Features of `grid.levels` grids, trilinear between the vertices around a position."""

    name: ClassVar[str] = "hash"
    title: ClassVar[str] = "multiresolution hash grid"
    section: ClassVar[str] = "hash"
    start_bound: ClassVar[float] = 1e-4  # instant-ngp, section 4

    grid: HashGridParams

    @classmethod
    def of(cls, field: FieldParams) -> "HashGridEncoding":
        assert field.hash is not None  # FieldParams checks it
        return cls(field.hash)

    @property
    def width(self) -> int:
        return self.grid.levels * self.grid.features

    @property
    def entries(self) -> int:
        return entries(self.grid)

    @property
    def features(self) -> int:
        return self.grid.features

    def prepare(self, x: Float[Tensor, "*batch 3"]) -> Float[Tensor, "*batch 3"]:
        return x

    def encode(
        self, prepared: Float[Tensor, "nerf point 3"], table: Float[Tensor, "nerf number"]
    ) -> Float[Tensor, "nerf point {self.grid.levels*self.grid.features}"]:
        return hashed(prepared, table.unflatten(1, (-1, self.features)), self.grid)


ENCODING = HashGridEncoding


def levels(grid: HashGridParams) -> list[tuple[int, int]]:
    """Cells per axis and table entries of each level: N_l = ⌊N_min b^l⌋ (eq. 2), (N_l + 1)³ vertices in at most T."""
    cells = [int(grid.coarsest * grid.growth**level) for level in range(grid.levels)]
    return [(count, min((count + 1) ** 3, 2**grid.log2_table)) for count in cells]


def entries(grid: HashGridParams) -> int:
    """Table entries of all levels."""
    return sum(size for _, size in levels(grid))


def hashed(
    x: Float[Tensor, "nerf point 3"], table: Float[Tensor, "nerf entry feature"], grid: HashGridParams
) -> Float[Tensor, "nerf point {grid.levels*grid.features}"]:
    """Each level's features, trilinear between the vertices around `x` in [0, 1]: level outer; no gradient by `x`."""
    import torch
    from torch.nn.functional import embedding

    index, weight = corners(x, grid)
    offset = torch.arange(len(table), device=x.device)[:, None, None, None] * table.shape[1]
    features = embedding(index + offset, table.flatten(0, 1))
    return (weight[..., None] * features).sum(-2).flatten(-2)


def corners(
    x: Float[Tensor, "*batch 3"], grid: HashGridParams
) -> tuple[Int[Tensor, "*batch {grid.levels} 8"], Float[Tensor, "*batch {grid.levels} 8"]]:
    """Table entries of the eight vertices around each position in each level, and their trilinear weights.

    A level whose vertices all fit its table has an entry for each; in finer levels vertices share entries by the hash.
    No gradient.
    """
    import torch

    with torch.no_grad():
        # 1. The cell of each position in each level, and where in the cell it is.
        sizes = levels(grid)
        cells = torch.tensor([count for count, _ in sizes], device=x.device)[:, None]
        position = x.clamp(0, 1)[..., None, :] * cells
        low = torch.minimum(position.floor(), cells - 1)  # the far wall belongs to the last cell
        above = (position - low)[..., None]
        # 2. The entries of its eight vertices: by their number in coarse levels, by the hash in finer ones.
        whole = sum((count + 1) ** 3 <= size for count, size in sizes)  # levels without the hash
        factors = [(1, count + 1, (count + 1) ** 2) for count, _ in sizes[:whole]] + [PRIMES] * (len(sizes) - whole)
        keys = torch.stack([low, low + 1], dim=-1).long() * torch.tensor(factors, device=x.device)[..., None]
        along_x, along_y, along_z = _outer(keys)
        numbered = (along_x + along_y + along_z)[..., :whole, :, :, :]
        shared = (along_x ^ along_y ^ along_z)[..., whole:, :, :, :] % 2**grid.log2_table
        first = torch.tensor([0, *(size for _, size in sizes[:-1])], device=x.device).cumsum(0)[:, None]
        index = torch.cat([numbered, shared], dim=-4).flatten(-3) + first
        # 3. Their trilinear weights.
        weight_x, weight_y, weight_z = _outer(torch.cat([1 - above, above], dim=-1))
        return index, (weight_x * weight_y * weight_z).flatten(-3)


def _outer(values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """A pair of values for each axis, [… axis 2], laid out so that their product has the eight combinations."""
    x, y, z = values.unbind(-2)
    return x[..., :, None, None], y[..., None, :, None], z[..., None, None, :]
