"""Contrastive training of the small CLIP on captioned pictures (Radford et al. 2021, section 2)."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import open_clip
import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor, nn

from fieldlink.clip import small_clip
from fieldlink.clip.split_batches import Replicas
from fieldlink.core.optimizers import AdamW
from fieldlink.core.params import ClipNetworkParams, ClipTrainingParams

PARTS = 2  # of a batch, each on its own thread; a fixed number, as each part has its own batch statistics
LARGEST_SCALE = math.log(100)  # of the logits, as in the paper


class TrainedClip(NamedTuple):
    model: open_clip.CLIP
    losses: list[float]  # of each step


def train(
    pictures: UInt8[np.ndarray, "picture side side 3"],
    captions: Sequence[str],
    subjects: Sequence[str],
    network: ClipNetworkParams,
    training: ClipTrainingParams,
    seed: int,
    *,
    device: str = "cpu",
    steps: Callable[[range], Iterable[int]] = iter,
) -> TrainedClip:
    """AdamW with warm-up and a cosine to zero; every batch is drawn without repetition.

    `pictures`: of the network's resolution. `subjects`: what each caption names. `steps`: wraps the loop's range, for a
    progress bar.
    """
    pixels, tokens = torch.from_numpy(pictures).permute(0, 3, 1, 2), small_clip.tokenizer(network)(list(captions))
    model = small_clip.build(network, seed).to(device).to(memory_format=torch.channels_last)
    optimiser = AdamW(_groups(model, training.weight_decay), training.learning_rate, betas=(0.9, 0.98), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: rate(step, training))
    model.train()
    random = torch.Generator().manual_seed(seed)
    subject_numbers = torch.from_numpy(np.unique(subjects, return_inverse=True)[1]).to(device)
    losses = []
    with Replicas(model, PARTS) as replicas:
        for _ in steps(range(training.steps)):
            chosen = torch.randperm(len(pixels), generator=random)[: training.batch]
            images = small_clip.normalised(mirrored(pixels[chosen], random).to(device))
            numbers = subject_numbers[chosen.to(device)]

            def loss(image: Tensor, text: Tensor, numbers: Tensor = numbers) -> Tensor:
                return contrastive(model.logit_scale.exp() * image @ text.T, numbers[:, None] == numbers)

            optimiser.zero_grad()
            losses.append(replicas.backward(images, tokens[chosen].to(device), loss))
            optimiser.step()
            schedule.step()
            with torch.no_grad():
                model.logit_scale.clamp_(0, LARGEST_SCALE)
    return TrainedClip(model.eval(), losses)


def contrastive(logits: Float[Tensor, "batch batch"], true: Bool[Tensor, "batch batch"]) -> Float[Tensor, ""]:
    """Mean cross entropy of pictures (rows) and captions (columns), with targets spread evenly over the `true` pairs.

    In small batches of few classes most other captions of a picture's subject would otherwise count as wrong (UniCL,
    Yang et al. 2022, eq. 1 to 3). Where only its own caption is true of a picture, this is CLIP's loss.
    """
    share = true / true.sum(1, keepdim=True)
    return -(logits.log_softmax(1) * share + logits.log_softmax(0) * share.T).sum() / (2 * len(logits))


def mirrored(
    pixels: UInt8[Tensor, "picture 3 side side"], random: torch.Generator
) -> UInt8[Tensor, "picture 3 side side"]:
    """Pictures mirrored left to right with probability 1/2. Zooms, shifts and blends slow so short a training down."""
    chosen = torch.rand(len(pixels), generator=random) < 0.5
    return torch.where(chosen[:, None, None, None], pixels.flip(-1), pixels)


def rate(step: int, training: ClipTrainingParams) -> float:
    """Share of the learning rate at a step: a linear rise over `warmup` steps, then a cosine to zero."""
    if step < training.warmup:
        return (step + 1) / training.warmup
    return 0.5 * (1 + math.cos(math.pi * (step - training.warmup) / max(training.steps - training.warmup, 1)))


def _groups(model: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Parameter groups of AdamW: biases, norms and the logits' scale don't decay."""
    learned = [weights for weights in model.parameters() if weights.requires_grad]
    return [
        {"params": [weights for weights in learned if weights.ndim >= 2], "weight_decay": weight_decay},
        {"params": [weights for weights in learned if weights.ndim < 2], "weight_decay": 0.0},
    ]
