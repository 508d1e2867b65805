import numpy as np
import pytest
import torch

from fieldlink.nerf.fitting import pixels
from fieldlink.nerf.fitting.pixels import Pixels
from fieldlink.scenes.views import Views

CPU = torch.device("cpu")


def of_one(views: Views, count: int) -> Pixels:
    """What is drawn for an object alone."""
    rays = pixels.draw_pixels([views], count, [0], CPU).subset(0, count)
    return Pixels(rays.origins[0], rays.directions[0], rays.colour[0], rays.alpha[0])


def plainly(views: Views, count: int, seed: int) -> Pixels:
    """Every ray for itself, whatever pixels they share."""
    near = np.flatnonzero(pixels.near_silhouettes(views.image[..., 3] > 0))
    return pixels.pixel_rays(views, near[np.random.default_rng(seed).integers(len(near), size=count)], CPU)


def test_drawn_rays_go_through_the_pixels_whose_colour_they_carry(sphere):
    image = sphere.image.copy()
    view, row, column = np.indices(image.shape[:3])
    image[..., 0], image[..., 1], image[..., 2] = view, row, column
    marked = type(sphere)(image, sphere.camera_to_world, sphere.camera_angle_x)
    rays = of_one(marked, 200)
    for ray in range(200):
        at, y, x = (rays.colour[ray].numpy() * 255).round().astype(int)
        pose, focal = marked.camera_to_world[at], 16 / np.tan(marked.camera_angle_x / 2)
        local = pose[:, :3].T @ rays.directions[ray].numpy()
        np.testing.assert_allclose(rays.origins[ray].numpy(), pose[:, 3])
        np.testing.assert_allclose(16 + focal * local[0] / -local[2], x + 0.5, atol=1e-3)
        np.testing.assert_allclose(16 - focal * local[1] / -local[2], y + 0.5, atol=1e-3)


def test_pixels_are_drawn_from_all_views_in_and_near_the_silhouettes(sphere):
    near = pixels.near_silhouettes(sphere.image[..., 3] > 0)
    assert near.any((1, 2)).all()
    assert not near.all()
    rays = of_one(sphere, 4000)
    assert 0 < (rays.alpha == 0).float().mean() < 0.5
    assert len(np.unique(rays.origins.numpy(), axis=0)) == len(sphere)


@pytest.mark.parametrize("count", [200, 9000])  # fewer rays than pixels to draw from, and more
def test_rays_of_many_objects_are_what_each_draws_alone(spheres, count):
    objects = [spheres(0.3, (200, 80, 30), 24, 8), spheres(0.2, (20, 60, 220), 24, 8)]
    assert len(np.flatnonzero(pixels.near_silhouettes(objects[1].image[..., 3] > 0))) in range(200, 9000)
    batched = pixels.draw_pixels(objects, count, [5, 6], CPU).subset(3, count)
    for index, (views, seed) in enumerate(zip(objects, [5, 6], strict=True)):
        alone = plainly(views, count, seed)
        for name in ("origins", "directions", "colour", "alpha"):
            assert torch.equal(getattr(batched, name)[index], getattr(alone, name)[3:])
