import numpy as np
import torch

from stages.nerf import pixels


def test_drawn_rays_go_through_the_pixels_whose_colour_they_carry(sphere):
    image = sphere.image.copy()
    view, row, column = np.indices(image.shape[:3])
    image[..., 0], image[..., 1], image[..., 2] = view, row, column
    marked = type(sphere)(image, sphere.camera_to_world, sphere.camera_angle_x)
    drawn = pixels.draw(marked, 200, np.random.default_rng(0), torch.device("cpu"))
    for ray in range(200):
        at, y, x = (drawn.colour[ray].numpy() * 255).round().astype(int)
        pose, focal = marked.camera_to_world[at], 16 / np.tan(marked.camera_angle_x / 2)
        local = pose[:, :3].T @ drawn.directions[ray].numpy()
        np.testing.assert_allclose(drawn.origins[ray].numpy(), pose[:, 3])
        np.testing.assert_allclose(16 + focal * local[0] / -local[2], x + 0.5, atol=1e-3)
        np.testing.assert_allclose(16 - focal * local[1] / -local[2], y + 0.5, atol=1e-3)


def test_pixels_are_drawn_from_all_views_in_and_near_the_silhouettes(sphere):
    near = pixels.near_silhouettes(sphere.image[..., 3] > 0)
    assert near.any((1, 2)).all()
    assert not near.all()
    drawn = pixels.draw(sphere, 4000, np.random.default_rng(0), torch.device("cpu"))
    assert 0 < (drawn.alpha == 0).float().mean() < 0.5
    assert len(np.unique(drawn.origins.numpy(), axis=0)) == len(sphere)
