"""NeRFs as the training reads them, and points drawn in the cells of their occupancy grids."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from stages.nerf.field import HALF


@dataclass(frozen=True)
class Nerfs:
    """Weights and occupancy grids (packed bits, C order over x, y, z; `cells` per axis) of many NeRFs.

    `rows`: where only these are meant, of arrays that may lie in a file and are never copied whole.
    """

    weights: Float[Tensor, "nerf number"]
    occupancy: UInt8[Tensor, "nerf byte"]
    cells: int
    rows: Int[Tensor, " meant"] | None = None

    @classmethod
    def of(cls, weights: Float[np.ndarray, "nerf number"], occupancy: list[bytes]) -> "Nerfs":
        """From the columns of dataset `nerfs`."""
        packed = np.frombuffer(b"".join(occupancy), np.uint8).reshape(len(occupancy), -1).copy()
        return cls(torch.from_numpy(np.array(weights)), torch.from_numpy(packed), int(np.cbrt(8 * packed.shape[1])))

    @classmethod
    def stored(
        cls, weights: Float[np.ndarray, "all number"], occupancy: UInt8[np.ndarray, "all byte"], rows: list[int]
    ) -> "Nerfs":
        """Some rows of arrays, without a copy."""
        cells = int(np.cbrt(8 * occupancy.shape[1]))
        return cls(torch.from_numpy(weights), torch.from_numpy(occupancy), cells, torch.tensor(rows))

    def __len__(self) -> int:
        return len(self.weights if self.rows is None else self.rows)

    def take(self, which: Int[Tensor, " taken"], device: str = "cpu") -> "Nerfs":
        which = which if self.rows is None else self.rows[which]
        return Nerfs(self.weights[which].to(device), self.occupancy[which].to(device), self.cells)

    def grids(self) -> Bool[Tensor, "nerf x y z"]:
        """The grids, unpacked."""
        bits = torch.arange(7, -1, -1, dtype=torch.uint8, device=self.occupancy.device)
        flat = ((self.occupancy[..., None] >> bits) & 1).bool().flatten(1)
        return flat[:, : self.cells**3].unflatten(1, (self.cells,) * 3)


def points_in(
    cells: Bool[Tensor, "nerf cell"], count: int, random: torch.Generator
) -> tuple[Float[Tensor, "nerf point 3"], Int[Tensor, "nerf point"]]:
    """`count` points drawn uniformly in the cells that are true, and their cells; in all cells where none is true."""
    cells = cells | ~cells.any(1, keepdim=True)
    upto = cells.cumsum(1, dtype=torch.int32)
    draws = torch.rand((len(cells), count, 4), generator=random, device=cells.device)
    rank = (draws[..., 0] * upto[:, -1:]).int() + 1
    cell = torch.searchsorted(upto, rank)
    side = round(cells.shape[1] ** (1 / 3))
    place = torch.stack([cell // side**2, cell // side % side, cell % side], dim=-1)
    return (place + draws[..., 1:]) * (2 * HALF / side) - HALF, cell
