"""Mesh files of a user."""

from pathlib import Path

import numpy as np

CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
FACES = [(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4)]


def box(path: Path, width: float = 1.0, height: float = 1.0) -> Path:
    """A box as an OFF file, open at one side."""
    corners = CORNERS * (width, height, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["OFF", f"{len(corners)} {len(FACES)} 0", *(" ".join(map(str, corner)) for corner in corners.tolist())]
    path.write_text("\n".join([*lines, *(f"3 {a} {b} {c}" for a, b, c in FACES)]) + "\n")
    return path
