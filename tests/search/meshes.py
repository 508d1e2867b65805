"""Mesh files of a user, and a collection of them."""

from pathlib import Path

import numpy as np
import pytest

from fieldlink.search.finished_study import Study

CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
FACES = [(0, 1, 3), (0, 3, 2), (4, 6, 7), (4, 7, 5), (0, 4, 5), (0, 5, 1), (2, 3, 7), (2, 7, 6), (0, 2, 6), (0, 6, 4)]


def coloured_box(path: Path | bytes, library: str, width: float = 1.0) -> None:
    """A box as an OBJ file with material `paint` of a library of materials."""
    corners = CORNERS * (width, 1, 1)
    lines = [f"mtllib {library}", *(f"v {x} {y} {z}" for x, y, z in corners.tolist()), "usemtl paint"]
    lines += [f"f {a + 1} {b + 1} {c + 1}" for a, b, c in FACES]
    with open(path, "w") as file:  # noqa: PTH123  a path of bytes
        file.write("\n".join(lines) + "\n")


def paint(path: Path, colour: str) -> None:
    """A library of materials with `paint`, in RGB from 0 to 1."""
    path.write_text(f"newmtl paint\nKd {colour}\n")


def box(path: Path, width: float = 1.0, height: float = 1.0) -> Path:
    """A box as an OFF file, open at one side."""
    corners = CORNERS * (width, height, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["OFF", f"{len(corners)} {len(FACES)} 0", *(" ".join(map(str, corner)) for corner in corners.tolist())]
    path.write_text("\n".join([*lines, *(f"3 {a} {b} {c}" for a, b, c in FACES)]) + "\n")
    return path


def collection_of(meshes: Path, study: Study, folder: Path) -> Study:
    """The study with a new collection of the meshes of a folder, which `folder` holds as `mine`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDLINK_SCRATCH", str(folder / "scratch"))
        study.add(meshes, folder / "mine")
    return Study(study.folder, folder / "mine")
