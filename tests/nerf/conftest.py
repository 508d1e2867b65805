"""Analytic scenes: spheres of one colour, seen by casting rays."""

from collections.abc import Callable

import numpy as np
import pytest

from fieldlink.core.params import NerfParams, Params
from fieldlink.nerf import field
from fieldlink.nerf.fitting import optimisation
from fieldlink.scenes import cameras
from fieldlink.scenes.views import Views


def sphere_views(
    radius: float = 0.3, colour: tuple[int, int, int] = (200, 80, 30), resolution: int = 32, count: int = 12
) -> Views:
    """A sphere at the origin; alpha is the share of 4x4 rays per pixel that meet it."""
    poses = cameras.disn_poses(seed=1, views=count)
    origins, directions = cameras.rays(poses, cameras.DISN_ANGLE, 4 * resolution, 4 * resolution)
    towards = np.einsum("vhwi,vi->vhw", directions, origins)
    hit = towards**2 - (origins**2).sum(-1)[:, None, None] + radius**2 > 0
    alpha = hit.reshape(count, resolution, 4, resolution, 4).mean((2, 4))
    image = np.zeros((count, resolution, resolution, 4), np.uint8)
    image[..., :3] = np.asarray(colour) * (alpha > 0)[..., None]
    image[..., 3] = np.round(255 * alpha)
    return Views(image, poses, cameras.DISN_ANGLE)


@pytest.fixture(scope="session")
def sphere() -> Views:
    return sphere_views()


@pytest.fixture(scope="session")
def small(params: Params) -> NerfParams:
    """Parameters of a fit that takes a fraction of a second."""
    field = params.nerf.field.model_copy(update={"octaves": 4, "units": 32})
    fitting = params.nerf.fitting.model_copy(update={"held_out": (4, 40), "occupancy": 32, "steps": 150})
    start = params.nerf.start.model_copy(update={"rounds": 3, "batch": 2, "steps": 8})
    return params.nerf.model_copy(update={"field": field, "fitting": fitting, "start": start})


@pytest.fixture(scope="session")
def start(small: NerfParams) -> np.ndarray:
    return field.xavier(small.field, 0).numpy()


@pytest.fixture(scope="session")
def fitted(sphere: Views, small: NerfParams, start: np.ndarray) -> optimisation.Fit:
    """The sphere, fitted to all views but view 4."""
    return optimisation.fit(sphere, start, small, seed=1)


@pytest.fixture(scope="session")
def spheres() -> Callable[..., Views]:
    return sphere_views
