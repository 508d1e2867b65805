"""Batches of NeRFs, weights with occupancy grids, and points drawn in the cells of the grids."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from fieldlink.nerf.field import HALF
from fieldlink.nerf.object_cameras import ObjectCameras
from fieldlink.nerf.weight_layout import cells_per_axis

BITS_OF_BYTE = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)  # of each byte, the first one highest
ONES_IN_BYTE = torch.from_numpy(BITS_OF_BYTE.sum(axis=1, dtype=np.int32))
# Of each byte, the index of its n-th bit that is set.
INDEX_OF_NTH_ONE = torch.from_numpy(np.argsort(1 - BITS_OF_BYTE, axis=1, kind="stable"))


@dataclass(frozen=True)
class NerfBatch:
    """Weights and occupancy grids (packed bits, C order over x, y, z; `cells` per axis) of many NeRFs.

    `rows` are the NeRFs of the batch, where the arrays hold more. The arrays may lie in a file and are never copied
    whole.
    """

    weights: Float[Tensor, "nerf number"]
    occupancy: UInt8[Tensor, "nerf byte"]
    cells: int
    rows: Int[Tensor, " row"] | None = None
    cameras: ObjectCameras | None = None  # of all NeRFs of the arrays, where a training draws rays from them

    @classmethod
    def of(
        cls,
        weights: Float[np.ndarray, "nerf number"],
        occupancy: list[bytes],
        cameras: ObjectCameras | None = None,
    ) -> "NerfBatch":
        """From the columns of dataset `nerfs`."""
        packed = np.frombuffer(b"".join(occupancy), np.uint8).reshape(len(occupancy), -1).copy()
        cells = cells_per_axis(packed.shape[1])
        return cls(torch.from_numpy(np.array(weights)), torch.from_numpy(packed), cells, cameras=cameras)

    @classmethod
    def of_rows(
        cls,
        weights: Float[np.ndarray, "all number"],
        occupancy: UInt8[np.ndarray, "all byte"],
        rows: list[int],
        cameras: ObjectCameras | None = None,
    ) -> "NerfBatch":
        """Some rows of arrays, which aren't copied."""
        cells = cells_per_axis(occupancy.shape[1])
        return cls(torch.from_numpy(weights), torch.from_numpy(occupancy), cells, torch.tensor(rows), cameras)

    def __len__(self) -> int:
        return len(self.weights if self.rows is None else self.rows)

    def take(self, index: Int[Tensor, " taken"], device: str = "cpu") -> "NerfBatch":
        """The NeRFs of these indices in the batch, copied to a device."""
        row = index if self.rows is None else self.rows[index]
        cameras = self.cameras and self.cameras.take(row, device)
        return NerfBatch(self.weights[row].to(device), self.occupancy[row].to(device), self.cells, cameras=cameras)

    def occupied(self, cell: Int[Tensor, "nerf point"]) -> Bool[Tensor, "nerf point"]:
        """Whether cells are occupied, by their flat numbers."""
        return (self.occupancy.gather(1, cell // 8) >> (7 - cell % 8)) % 2 == 1

    def grids(self) -> Bool[Tensor, "nerf x y z"]:
        """The grids, unpacked."""
        bits = torch.arange(7, -1, -1, dtype=torch.uint8, device=self.occupancy.device)
        flat = ((self.occupancy[..., None] >> bits) & 1).bool().flatten(1)
        return flat[:, : self.cells**3].unflatten(1, (self.cells,) * 3)


def points_in(
    bits: UInt8[Tensor, "nerf byte"], cells: int, count: int, random: torch.Generator
) -> tuple[Float[Tensor, "nerf point 3"], Int[Tensor, "nerf point"]]:
    """`count` points drawn uniformly in the cells whose bit is set, and their cells.

    Where no bit is set, the points are drawn in all cells.

    Bits are counted byte by byte: a grid need not be unpacked to find its n-th occupied cell.
    """
    ones, nth = ONES_IN_BYTE.to(bits.device), INDEX_OF_NTH_ONE.to(bits.device)
    bits = torch.where((bits != 0).any(1, keepdim=True), bits, complement(torch.zeros_like(bits), cells))
    counts = ones[bits.int()]
    upto = counts.cumsum(1, dtype=torch.int32)
    draws = torch.rand((len(bits), count, 4), generator=random, device=bits.device)
    rank = torch.minimum((draws[..., 0] * upto[:, -1:]).int(), upto[:, -1:] - 1)
    byte = torch.searchsorted(upto, rank, right=True)
    earlier = upto.gather(1, byte) - counts.gather(1, byte)
    cell = 8 * byte + nth[bits.gather(1, byte).int(), rank - earlier]
    return in_cells(cell, cells, draws[..., 1:]), cell


def distinct_points_outside(
    nerfs: NerfBatch, count: int, random: torch.Generator
) -> tuple[Float[Tensor, "nerf point 3"], Bool[Tensor, "nerf point"]]:
    """Points in `count` different empty cells of each NeRF, and which of them exist.

    A grid may have fewer empty cells.
    """
    grids = nerfs.grids().flatten(1)
    keys = torch.rand(grids.shape, generator=random, device=grids.device) + 2 * grids
    cell = keys.topk(min(count, grids.shape[1]), dim=1, largest=False).indices
    within = torch.rand((*cell.shape, 3), generator=random, device=grids.device)
    return in_cells(cell, nerfs.cells, within), ~grids.gather(1, cell)


def points_anywhere(
    nerfs: int, cells: int, count: int, random: torch.Generator
) -> tuple[Float[Tensor, "nerf point 3"], Int[Tensor, "nerf point"]]:
    """`count` points for each NeRF drawn uniformly in the whole box, and their cells."""
    position = torch.rand((nerfs, count, 3), generator=random, device=random.device)
    x, y, z = (cells * position).int().clamp(max=cells - 1).unbind(-1)
    return (2 * position - 1) * HALF, ((x * cells + y) * cells + z).long()


def complement(bits: UInt8[Tensor, "nerf byte"], cells: int) -> UInt8[Tensor, "nerf byte"]:
    """The bits of the empty cells; padding stays unset."""
    flipped = ~bits
    flipped[:, -1] &= 0xFF << (8 * bits.shape[1] - cells**3) & 0xFF
    return flipped


def in_cells(
    cell: Int[Tensor, "*nerf point"], cells: int, within: Float[Tensor, "*nerf point 3"]
) -> Float[Tensor, "*nerf point 3"]:
    """Positions in cells, by their flat numbers; `within` in [0, 1)."""
    cell_indices = torch.stack([cell // cells**2, cell // cells % cells, cell % cells], dim=-1)
    return (cell_indices + within) * (2 * HALF / cells) - HALF
