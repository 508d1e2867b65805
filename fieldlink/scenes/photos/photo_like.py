"""Photo-like pictures of a mesh: other cameras than the views', varied light, a backdrop, a lens.

They stand in for real photographs of other objects (protocol 1.2). Every picture is a function of model and seed.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Float, UInt8

from fieldlink.scenes import cameras
from fieldlink.scenes.meshes import Mesh
from fieldlink.scenes.photos import appearance
from fieldlink.scenes.photos.backdrops import PhotoSetting
from fieldlink.scenes.ray_casting import render

AZIMUTH = 35.0  # degrees off the front, standard deviation: photographers rarely stand behind
ELEVATION = (5.0, 40.0)  # degrees; low ones are more frequent
ANGLE = (30.0, 60.0)  # degrees, full field of view
FILL = (1.0, 1.2)  # of the frame by the ball around the object; above 1 parts may be cut off
OFF_CENTRE = 0.06  # of the frame
ROLL = 3.0  # degrees, standard deviation


def photo(model: Mesh, seed: int, resolution: int) -> UInt8[np.ndarray, "height width 3"]:
    """One picture of a normalised model, RGB."""
    random = np.random.default_rng(seed)
    pose, angle = _camera(random)
    stained = replace(model, albedo=appearance.repainted_albedo(model.albedo, random))
    shot = render(stained, pose[None], angle, resolution, appearance.random_light(random)).image[0] / np.float32(255)
    setting = PhotoSetting.under(model.vertices, pose, angle, resolution)
    return appearance.photographed(shot, setting, random)


def _camera(random: np.random.Generator) -> tuple[Float[np.ndarray, "3 4"], float]:
    """A pose that looks roughly at the origin, and a field of view in radians."""
    angle = np.deg2rad(random.uniform(*ANGLE))
    distance = 0.5 / (random.uniform(*FILL) * np.sin(angle / 2))
    low, high = ELEVATION
    elevation = low + (high - low) * random.beta(1.2, 2.2)
    pose = cameras.look_at_origin(random.normal(0, AZIMUTH, 1), np.array([elevation]), np.array([distance]))[0]
    shift = random.uniform(-OFF_CENTRE, OFF_CENTRE, 2) * 2 * distance * np.tan(angle / 2)
    pose[:, 3] += pose[:, :2] @ shift
    roll = np.deg2rad(random.normal(0, ROLL))
    turn = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return np.concatenate([pose[:, :3] @ turn, pose[:, 3:]], axis=1).astype(np.float32), float(angle)
