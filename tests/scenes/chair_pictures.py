"""The chair of `gltf_files` as it should look, and how alike two pictures are."""

from functools import cache
from pathlib import Path

import numpy as np
from scenes import gltf_files

from fieldlink.scenes import cameras
from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.meshes import Mesh, normalised
from fieldlink.scenes.ray_casting import render

POSES = cameras.disn_poses(0, 4)


class FaceColours:
    """Colours of faces, as an albedo."""

    def __init__(self, colours: np.ndarray) -> None:
        self.colours = colours.astype(np.float32)

    def __call__(self, points, face):
        return self.colours[face]


def pictures(mesh: Mesh) -> np.ndarray:
    return render(mesh, POSES, cameras.DISN_ANGLE, 64).image


@cache
def reference() -> np.ndarray:
    vertices, faces, colours = gltf_files.chair()
    return pictures(normalised(Mesh(vertices, faces, FaceColours(colours[faces[:, 0]]))))


def check_chair(
    path: Path, *, coloured: bool = True, up: str = "", within: Path | None = None, like: Path | None = None
) -> Mesh:
    """The file shows the chair (or what file `like` shows): silhouettes agree to 99 %, colours to 2 of 255."""
    mesh = mesh_folder.read(path, up, within)
    seen, expected = pictures(mesh), pictures(mesh_folder.read(like)) if like else reference()
    here, there = seen[..., 3] > 127, expected[..., 3] > 127
    assert (here & there).sum() >= 0.99 * (here | there).sum()
    if coloured:
        both = here & there
        assert np.abs(seen[both][:, :3].astype(float) - expected[both][:, :3]).mean() <= 2
    return mesh
