"""Views of closed forms, lit as all views are."""

import numpy as np
import trimesh
from scenes.uniform_albedo import UniformAlbedo

from fieldlink.scenes import cameras
from fieldlink.scenes.meshes import Mesh
from fieldlink.scenes.ray_casting import render
from fieldlink.scenes.views import Views

COLOUR = (0.7, 0.4, 0.2)


def seen(mesh: trimesh.Trimesh, views: int = 3, resolution: int = 64, colour: tuple = COLOUR) -> Views:
    model = Mesh(np.asarray(mesh.vertices, np.float32), np.asarray(mesh.faces), UniformAlbedo(colour))
    return render(model, cameras.disn_poses(3, views), cameras.DISN_ANGLE, resolution)


def sphere(radius: float = 0.4) -> trimesh.Trimesh:
    return trimesh.creation.icosphere(5, radius)


def box() -> trimesh.Trimesh:
    return trimesh.creation.box((0.6, 0.5, 0.3))
