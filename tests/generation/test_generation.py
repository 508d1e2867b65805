import numpy as np
import pytest
import torch

from fieldlink.generation.decoding import render_vector
from fieldlink.generation.generated_vectors import draw_ids, generate_vectors
from fieldlink.generation.picture_measures import BEST, likeness, psnr, ssim, variety
from fieldlink.nerf.compositing import composite
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.rendering import Camera
from fieldlink.nerf.sampling import box_distances
from fieldlink.nf2vec.model import Nf2vecModel, embed
from fieldlink.scenes import cameras, pictures

CAMERA, POSES = Camera(cameras.DISN_ANGLE, 12, 12), cameras.disn_poses(0, 3)


def identity(width: int, kinds: tuple[str, ...]) -> tuple[dict[str, np.ndarray], dict]:
    """Mappers of one layer that give back what they get, ten times as long for all but the first."""
    scale = np.where(np.arange(len(kinds)) > 0, 10, 1)[:, None, None]
    tensors = {"weights.0": scale * np.tile(np.eye(width, dtype=np.float32), (len(kinds), 1, 1))}
    models = [{"variant": f"clip2nerf {kind}", "loss": kind, "seed": 0} for kind in kinds]
    tensors = {"weights.0": tensors["weights.0"].astype(np.float32), "biases.0": np.zeros((len(kinds), width), "f4")}
    return tensors, {"models": models}


def test_generation_from_a_nerfs_own_vector_is_its_decoder_render(model: Nf2vecModel, nerfs: NerfBatch):
    """An identity in place of the mapper, and any length of vector where the loss leaves it free."""
    vectors = embed(model, nerfs.weights.numpy())[:1]
    norm = float(np.linalg.norm(vectors))
    by_method = dict(generate_vectors(*identity(20, ("mse", "cosine")), vectors, ("mse", "cosine"), norm))
    assert list(by_method) == ["mse", "cosine rescaled"]
    expected = render_vector(model.decoder, torch.tensor(vectors[0]), POSES, CAMERA, cells=9, step=0.1)
    assert expected[..., 3].max() > 50
    for outputs in by_method.values():
        again = render_vector(model.decoder, torch.tensor(outputs[0]), POSES, CAMERA, cells=9, step=0.1)
        assert psnr(pictures.on_black(again)[None], pictures.on_black(expected)[None]).min() > 50


@pytest.mark.parametrize(("cells", "least"), [(40, 35), (0, 38)])  # 0: the decoder at every sample, as published
def test_pictures_are_those_of_samples_through_the_whole_box(
    model: Nf2vecModel, nerfs: NerfBatch, cells: int, least: float
):
    vector = torch.tensor(embed(model, nerfs.weights.numpy())[1])
    result = render_vector(model.decoder, vector, POSES, CAMERA, cells=cells, step=0.02)
    origins, directions = cameras.rays(POSES, CAMERA.angle, 12, 12)
    origins = torch.from_numpy(np.repeat(origins, 144, axis=0))
    directions = torch.from_numpy(directions.reshape(-1, 3).astype(np.float32))
    near, far = box_distances(origins, directions)
    edges = near[:, None] + (far - near)[:, None] * torch.linspace(0, 1, 201)
    middles = (edges[:, 1:] + edges[:, :-1]) / 2
    points = origins[:, None] + middles[..., None] * directions[:, None]
    with torch.no_grad():
        rgb, density = model.decoder(vector[None], points.flatten(0, 1)[None])
    colour, _ = composite(rgb[0].view(points.shape), density[0].view(middles.shape), edges[:, :-1], edges[:, 1:])
    dense = (255 * colour.clamp(0, 1).numpy() + 0.5).astype(np.uint8).reshape(3, 12, 12, 3)
    assert psnr(pictures.on_black(result)[None], dense[None]).min() > least


def test_all_trained_losses_are_used_if_none_of_those_named_was_trained():
    tensors, config = identity(4, ("siglip", "softmax"))
    vectors = np.eye(4, dtype=np.float32)[:2]
    by_method = dict(generate_vectors(tensors, config, vectors, ("mse", "cosine"), 3.0))
    assert list(by_method) == ["siglip rescaled", "softmax rescaled"]
    for outputs in by_method.values():
        np.testing.assert_allclose(outputs, 3 * vectors, rtol=1e-6)


def test_each_class_gives_its_objects_whatever_else_there_is():
    ids, classes = [f"o{i}" for i in range(12)], ["a", "b", "c"] * 4
    sample = draw_ids(ids, classes, 2, study_seed=0)
    assert sorted(classes[ids.index(name)] for name in sample) == ["a", "a", "b", "b", "c", "c"]
    fewer = [name for name in ids if name in sample or name == "o11"]
    assert draw_ids(fewer, [classes[ids.index(name)] for name in fewer], 2, study_seed=0) == sample


def test_measures_by_hand():
    renders = np.array([[[1, 0], [0, 2]], [[-1, 0], [-3, 0]]], np.float32)
    assert likeness(renders, np.array([[5, 0], [1, 0]], np.float32)).tolist() == pytest.approx([0.5, 0])
    dark, bright = np.zeros((1, 2, 4, 4, 3), np.uint8), np.full((1, 2, 4, 4, 3), 51, np.uint8)
    assert psnr(dark, bright)[0] == pytest.approx(-20 * np.log10(0.2))
    assert psnr(dark, dark)[0] == BEST


def test_ssim_is_its_formula():
    """Of even pictures it is that of their means; of a picture with itself 1; of one with its negative below 0."""
    dark, bright = np.full((1, 2, 16, 16, 3), 51, np.uint8), np.full((1, 2, 16, 16, 3), 102, np.uint8)
    assert ssim(dark, bright)[0] == pytest.approx((2 * 0.2 * 0.4 + 1e-4) / (0.2**2 + 0.4**2 + 1e-4))
    noise = np.random.default_rng(0).integers(0, 256, (2, 1, 24, 24, 3), dtype=np.uint8)
    assert ssim(noise, noise).tolist() == pytest.approx([1, 1])
    assert (ssim(noise, 255 - noise) < 0).all()


def test_ssim_is_a_weighted_sum_pixel_by_pixel_away_from_the_border():
    render, reference = np.random.default_rng(1).integers(0, 256, (2, 1, 1, 11, 11, 3), dtype=np.uint8)
    padded = [
        np.pad(picture, ((0, 0), (0, 0), (20, 20), (20, 20), (0, 0)), mode="symmetric")
        for picture in (render, reference)
    ]
    weights = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    window = np.outer(weights, weights) / weights.sum() ** 2
    values = []
    for row, column, channel in np.ndindex(11, 11, 3):
        x, y = (picture[0, 0, row + 15 : row + 26, column + 15 : column + 26, channel] / 255 for picture in padded)
        (mx, my), (vx, vy) = ([(window * z).sum() for z in (x, y)], [(window * z * z).sum() for z in (x, y)])
        covariance = (window * x * y).sum() - mx * my
        values.append(
            (2 * mx * my + 1e-4) * (2 * covariance + 9e-4) / ((mx**2 + my**2 + 1e-4) * (vx - mx**2 + vy - my**2 + 9e-4))
        )
    assert ssim(render, reference)[0] == pytest.approx(np.mean(values), rel=1e-9)


def test_variety_is_the_mean_distance_to_the_others_of_a_class():
    vectors = np.array([[1, 0], [0, 3], [1, 1], [2, 2], [5, 5]], np.float32)[:, None]
    result = variety(vectors, np.array([0, 0, 0, 1, 1]))
    diagonal = 1 - 0.5**0.5
    assert result.tolist() == pytest.approx([(1 + diagonal) / 2, (1 + diagonal) / 2, diagonal, 0, 0], abs=1e-6)
    with pytest.raises(ValueError, match="at least two"):
        variety(vectors[:4], np.array([0, 0, 0, 1]))
