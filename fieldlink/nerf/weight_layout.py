"""How many weights and grid cells a NeRF has, and where weights lie in its flat vector; without torch, for counting.

The layers come first, each matrix (out, in) row-major, then the learned table of the encoding.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.core.params import FieldParams
from fieldlink.nerf.encodings import encoding_of


def shapes(architecture: FieldParams) -> list[tuple[int, int]]:
    """(out, in) of each layer."""
    widths = [encoding_of(architecture).width, *[architecture.units] * architecture.hidden_layers, architecture.outputs]
    return [(outputs, inputs) for inputs, outputs in pairwise(widths)]


def table_size(architecture: FieldParams) -> int:
    """Numbers in the learned table of the encoding; 0 for the frequency encoding."""
    return encoding_of(architecture).table_size


def size(architecture: FieldParams) -> int:
    """Numbers in one NeRF."""
    return sum(outputs * inputs for outputs, inputs in shapes(architecture)) + table_size(architecture)


def cells_per_axis(byte_count: int) -> int:
    """Cells along an axis of a packed occupancy grid of at least 2³ cells, which has fewer than 8 bits of padding."""
    return int(np.cbrt(8 * byte_count) + 1e-6)


def check_start(folder: Path, count: int, architecture: FieldParams) -> None:
    """Raise `InputError` if a start of `count` weights isn't of this architecture."""
    if count != size(architecture):
        raise InputError(f"{folder}: {count} weights, nerf.field has {size(architecture)}; rerun start_nerfs")
