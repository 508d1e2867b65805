"""Embeddings are open_clip's own, whatever the size of pictures and batches."""

from pathlib import Path

import numpy as np
import open_clip
import pytest
import torch
from PIL import Image

from fieldlink.clip.encoders import ClipEncoder

TEXTS = ["A 3d model of an airplane", "a photo of a GUN", ""]


def noise(*sizes: tuple[int, int]) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.integers(0, 256, (height, width, 3), np.uint8) for height, width in sizes]


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a, b = a.astype(np.float64), b.astype(np.float64)
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


@pytest.mark.parametrize("sizes", [[(32, 32)] * 3, [(64, 64)] * 3, [(32, 32), (48, 100), (20, 17)]])
def test_images_are_embedded_as_by_open_clip_picture_by_picture(tiny_clip: Path, sizes: list[tuple[int, int]]):
    model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{tiny_clip}")
    pictures = noise(*sizes)
    with torch.inference_mode():
        alone = [model.eval().encode_image(transform(Image.fromarray(picture))[None]) for picture in pictures]
    embeddings = ClipEncoder.load(tiny_clip, "cpu").images(pictures, batch=8)
    expected = torch.cat(alone).numpy()
    assert cosines(embeddings, expected).min() > 1 - 1e-6
    np.testing.assert_allclose(embeddings, expected, rtol=1e-4, atol=1e-5)


def test_images_of_a_model_with_its_own_mean_and_squashing_follow_its_config(tmp_path: Path, network):
    from fieldlink.clip import model_folders, small_clip

    preprocessing = {"mean": [0.5] * 3, "std": [0.5] * 3, "interpolation": "bilinear", "resize_mode": "squash"}
    model, description = small_clip.build(network, 1), small_clip.description(network)
    model_folders.save(tmp_path / "own", model, description, preprocessing, tokenizer_name=small_clip.TOKENIZER)
    model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{tmp_path / 'own'}")
    pictures = noise((32, 32), (40, 80))
    with torch.inference_mode():
        expected = model.eval().encode_image(torch.stack([transform(Image.fromarray(p)) for p in pictures])).numpy()
    np.testing.assert_allclose(
        ClipEncoder.load(tmp_path / "own", "cpu").images(pictures, 1), expected, rtol=1e-4, atol=1e-5
    )


def test_the_size_of_a_batch_does_not_matter(tiny_clip: Path):
    encoder, pictures = ClipEncoder.load(tiny_clip, "cpu"), noise(*[(32, 32)] * 7)
    whole = encoder.images(pictures, batch=7)
    for batch in (1, 3, 100):
        np.testing.assert_allclose(encoder.images(pictures, batch), whole, rtol=1e-5, atol=1e-5)


def test_texts_are_embedded_as_by_open_clip(tiny_clip: Path):
    model, tokenize = (
        open_clip.create_model(f"local-dir:{tiny_clip}"),
        open_clip.get_tokenizer(f"local-dir:{tiny_clip}"),
    )
    with torch.inference_mode():
        expected = model.eval().encode_text(tokenize(TEXTS)).numpy()
    np.testing.assert_allclose(ClipEncoder.load(tiny_clip, "cpu").texts(TEXTS), expected, rtol=1e-5, atol=1e-6)


def test_embeddings_keep_their_length(tiny_clip: Path):
    embeddings = ClipEncoder.load(tiny_clip, "cpu").images(noise((32, 32), (32, 32)), 2)
    assert embeddings.dtype == np.float32
    assert np.abs(np.linalg.norm(embeddings, axis=1) - 1).min() > 1e-3
