"""The small CLIP learns which caption goes with which picture."""

import math

import numpy as np
import open_clip
import pytest
import torch
from scipy.ndimage import gaussian_filter
from torch.nn.functional import normalize

from fieldlink.clip import clip_training, small_clip
from fieldlink.clip.captioned_pairs import CaptionedPictures
from fieldlink.clip.encoders import ClipEncoder
from fieldlink.clip.split_batches import Replicas
from fieldlink.core.params import ClipNetworkParams, ClipTrainingParams

HOW = ClipTrainingParams(
    steps=80,
    batch=32,
    matrix_learning_rate=0.02,
    learning_rate=3e-3,
    weight_decay=0.1,
    blur=0.5,
    warmup=5,
    validate_every=20,
)
SHORT = HOW.model_copy(update={"steps": 3, "batch": 8})
COLOURS = {"red": (220, 30, 30), "green": (30, 200, 40), "blue": (40, 50, 220), "yellow": (230, 220, 40)}


def coloured_squares(count: int, seed: int) -> tuple[np.ndarray, list[str]]:
    """Squares of four colours somewhere on black, and what colour each is."""
    random, pictures = np.random.default_rng(seed), np.zeros((count, 32, 32, 3), np.uint8)
    names = [list(COLOURS)[number % 4] for number in range(count)]
    for picture, name in zip(pictures, names, strict=True):
        top, left = random.integers(4, 14, 2)
        picture[top : top + 14, left : left + 14] = COLOURS[name]
    return pictures, names


def captioned(count: int, seed: int) -> CaptionedPictures:
    pictures, names = coloured_squares(count, seed)
    return CaptionedPictures(pictures, [f"a {name} square" for name in names], names)


def test_a_model_trained_on_four_colours_names_the_colour_of_new_squares(network: ClipNetworkParams, tmp_path):
    trained = clip_training.train(captioned(64, 0), captioned(24, 2), network, HOW, 0)
    small_clip.save(tmp_path / "clip", trained.model, network)
    encoder = ClipEncoder.load(tmp_path / "clip", "cpu")
    unseen, truth = coloured_squares(40, 1)
    texts = encoder.texts([f"a {name} square" for name in COLOURS])
    similarity = encoder.images(list(unseen), 64) @ (texts / np.linalg.norm(texts, axis=1, keepdims=True)).T
    assert [list(COLOURS)[best] for best in similarity.argmax(1)] == truth
    assert [check.step for check in trained.losses] == [20, 40, 60, 80]
    assert trained.losses[-1].train < trained.losses[0].train
    assert trained.losses[-1].validation < trained.losses[0].validation


def test_the_validation_loss_is_that_of_the_model_in_eval_mode_over_batches_by_size(network: ClipNetworkParams):
    trained, pairs = clip_training.train(captioned(16, 0), captioned(10, 1), network, SHORT, 0), captioned(10, 1)
    tensors = pairs.tensors(network)
    order, losses = torch.randperm(10, generator=torch.Generator().manual_seed(0)), []
    with torch.no_grad():
        for rows in (order[:8], order[8:]):
            image = trained.model.encode_image(small_clip.normalised(tensors.pixels[rows]), normalize=True)
            text = trained.model.encode_text(tensors.tokens[rows], normalize=True)
            same = tensors.subjects[rows][:, None] == tensors.subjects[rows]
            logits = trained.model.logit_scale.exp() * image @ text.T
            losses += [clip_training.contrastive(logits, same).item()] * len(rows)
    assert trained.losses[-1].validation == pytest.approx(np.mean(losses), rel=1e-5)


def test_validation_leaves_the_training_as_it_is(network: ClipNetworkParams):
    often, once = (SHORT.model_copy(update={"validate_every": every}) for every in (1, 99))
    first, second = (
        clip_training.train(captioned(16, 0), captioned(8, 1), network, params, 5) for params in (often, once)
    )
    assert [check.step for check in first.losses] == [1, 2, 3]
    assert [check.step for check in second.losses] == [3]
    assert second.losses[0].train == pytest.approx(np.mean([check.train for check in first.losses]))
    assert second.losses[0].validation == first.losses[-1].validation


def test_the_loss_is_open_clips_where_all_subjects_differ():
    image, text = (
        normalize(torch.randn(6, 8, generator=torch.Generator().manual_seed(seed)), dim=1) for seed in (0, 1)
    )
    loss = clip_training.contrastive(20.0 * image @ text.T, torch.eye(6, dtype=torch.bool))
    torch.testing.assert_close(loss, open_clip.ClipLoss()(image, text, torch.tensor(20.0)))


def test_captions_of_one_subject_are_equally_right():
    """Two pictures of one subject, one of another; logits 0: each answer has probability 1/3."""
    same = torch.tensor([[True, True, False], [True, True, False], [False, False, True]])
    assert clip_training.contrastive(torch.zeros(3, 3), same).item() == pytest.approx(math.log(3))
    sure = torch.where(same, 50.0, 0.0)
    assert clip_training.contrastive(sure, same).item() == pytest.approx(2 / 3 * math.log(2))


def test_training_depends_on_the_seed_alone(network: ClipNetworkParams):
    pairs = captioned(16, 0)
    torch.manual_seed(1)
    first = clip_training.train(pairs, pairs, network, SHORT, 5)
    torch.manual_seed(2)
    again, other = (clip_training.train(pairs, pairs, network, SHORT, seed) for seed in (5, 6))
    assert first.losses == again.losses
    assert first.losses != other.losses
    weights, repeated = first.model.state_dict(), again.model.state_dict()
    assert all(torch.equal(weights[name], repeated[name]) for name in weights)


def test_the_token_table_stays_at_its_start(network: ClipNetworkParams):
    trained = clip_training.train(captioned(16, 0), captioned(8, 1), network, SHORT, 0)
    start = small_clip.build(network, 0)
    assert torch.equal(trained.model.token_embedding.weight, start.token_embedding.weight)
    assert not torch.equal(trained.model.text_projection, start.text_projection)


def test_the_rate_rises_to_one_and_falls_to_zero_as_a_cosine():
    training = ClipTrainingParams(
        steps=110,
        batch=1,
        matrix_learning_rate=1.0,
        learning_rate=1.0,
        weight_decay=0.0,
        blur=0.0,
        warmup=10,
        validate_every=1,
    )
    rates = [clip_training.rate(step, training) for step in range(110)]
    assert rates[:10] == pytest.approx([0.1 * step for step in range(1, 11)])
    assert rates[10] == pytest.approx(1)
    assert rates[60] == pytest.approx(0.5)
    assert rates[109] == pytest.approx(0.5 - 0.5 * math.cos(math.pi / 100), abs=1e-9)


def test_mirrored_pictures_are_themselves_or_their_mirror_image_and_both_occur():
    pixels = torch.arange(64 * 3 * 4 * 4).remainder(251).to(torch.uint8).reshape(64, 3, 4, 4)
    changed = clip_training.mirrored(pixels, torch.Generator().manual_seed(0))
    same = (changed == pixels).flatten(1).all(1)
    flipped = (changed == pixels.flip(-1)).flatten(1).all(1)
    assert (same ^ flipped).all()
    assert 16 < same.sum() < 48


def test_pictures_of_another_size_are_resized_and_others_untouched():
    pictures = [np.full((32, 32, 3), 7, np.uint8), np.full((50, 40, 3), 9, np.uint8)]
    sized = small_clip.sized(pictures, 32)
    assert (sized[0] == 7).all()
    assert (sized[1] == 9).all()


def test_a_step_of_two_replicas_on_equal_halves_is_the_plain_step_on_the_whole_batch(network: ClipNetworkParams):
    """Equal halves have the statistics of the whole batch. Compared after the optimizer, which reads the gradients."""
    half = torch.randn(4, 3, network.resolution, network.resolution, generator=torch.Generator().manual_seed(0))
    images, tokens = torch.cat([half, half]), torch.randint(1, 500, (8, network.context))
    tokens[4:] = tokens[:4]
    true = torch.eye(4, dtype=torch.bool).repeat(2, 2)
    stepped = []
    for parts in (1, 2):
        model = small_clip.build(network, 0).to(memory_format=torch.channels_last).train()
        optimizer = torch.optim.AdamW([w for w in model.parameters() if w.requires_grad], 1e-3, eps=1e-3, fused=True)
        with Replicas(model, parts) as replicas:
            value = replicas.backward(
                images, tokens, lambda image, text: clip_training.contrastive(9 * image @ text.T, true)
            )
        optimizer.step()
        stepped.append((value, model))
    (plain, whole), (value, halves) = stepped
    assert value == pytest.approx(plain, rel=1e-5)
    for name, weights in whole.named_parameters():
        torch.testing.assert_close(halves.get_parameter(name), weights, rtol=1e-4, atol=1e-5)


def test_every_fourth_picture_is_blurred_as_scipy_blurs_it():
    images = torch.rand(9, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    blurred = clip_training.blurred(images.clone(), 0.9)
    truth = gaussian_filter(images[::4].double().numpy(), 0.9, axes=(2, 3), radius=2, mode="nearest")
    np.testing.assert_allclose(blurred[::4].numpy(), truth, atol=1e-6)
    assert torch.equal(blurred[[1, 2, 3, 5, 6, 7]], images[[1, 2, 3, 5, 6, 7]])
    assert torch.equal(clip_training.blurred(images.clone(), 0.0), images)
