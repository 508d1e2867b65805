"""Views that are multiplied by their opacity twice, as published, against those of once."""

import numpy as np
import pytest
import torch

from fieldlink.core import datasets
from fieldlink.core.schemas import NERFS, VIEWS
from fieldlink.nerf import object_work
from fieldlink.nerf.occupancy import unpack
from fieldlink.nerf.rendering import Camera, render
from fieldlink.scenes import views


@pytest.mark.parametrize("composited", ["once", "twice"])
def test_a_view_shows_the_colour_times_its_opacity_once_or_twice(sphere, fitted, small, composited):
    row = {name: [getattr(fitted, name)] for name in object_work.MEASURES} | {"object_id": ["ball"]}
    nerfs = datasets.table(NERFS, row | {"weights": fitted.weights[None]})
    cameras = datasets.table(VIEWS, views.columns("ball", views.view_subset(sphere, [0, 3])))
    rendering = small.rendering.model_copy(update={"composited": composited})
    rows = object_work.render_objects(object_work.RenderingTask(nerfs, cameras, rendering, small.field, "cpu"))
    seen = views.of_rows(datasets.table(VIEWS, rows.columns)).image[..., :3] / 255
    weights, poses = torch.from_numpy(fitted.weights), sphere.camera_to_world[[0, 3]]
    camera = Camera(sphere.camera_angle_x, 32, 32)
    colour, opacity = render(weights, unpack(fitted.occupancy), poses, camera, rendering, small.field)
    expected = colour * opacity[..., None] if composited == "twice" else colour
    np.testing.assert_allclose(seen, expected.clamp(0, 1).numpy(), atol=0.503 / 255)
    assert ((opacity > 0.1) & (opacity < 0.9)).any()  # where it makes a difference
