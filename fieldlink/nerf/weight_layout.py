"""How many numbers a NeRF has, and which of them are what: without torch, for stages that only count them."""

from itertools import pairwise

from fieldlink.core.params import FieldParams, HashGridParams


def shapes(architecture: FieldParams) -> list[tuple[int, int]]:
    """(out, in) of each layer."""
    grid = architecture.grid
    encoded = grid.levels * grid.features if grid else 6 * architecture.octaves
    widths = [encoded, *[architecture.units] * architecture.hidden_layers, architecture.outputs]
    return [(out, into) for into, out in pairwise(widths)]


def table_size(architecture: FieldParams) -> int:
    """Numbers in the table of the hash grid; none for the frequency encoding."""
    return entries(architecture.grid) * architecture.grid.features if architecture.grid else 0


def size(architecture: FieldParams) -> int:
    """Numbers in one NeRF."""
    return sum(out * into for out, into in shapes(architecture)) + table_size(architecture)


def entries(grid: HashGridParams) -> int:
    """Entries of all levels' tables together."""
    return sum(size for _, size in levels(grid))


def levels(grid: HashGridParams) -> list[tuple[int, int]]:
    """Cells per axis and table entries of each level: N_l = ⌊N_min b^l⌋ (eq. 2), (N_l + 1)³ vertices in at most T."""
    cells = [int(grid.coarsest * grid.growth**level) for level in range(grid.levels)]
    return [(count, min((count + 1) ** 3, 2**grid.log2_table)) for count in cells]
