"""Contrastive training of the small CLIP on captioned pictures (Radford et al. 2021, section 2)."""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor, nn
from torch.nn.functional import conv2d, pad

from fieldlink.clip import small_clip
from fieldlink.clip.captioned_pairs import CaptionedPictures, PairTensors
from fieldlink.clip.clip_curves import ClipLosses
from fieldlink.clip.quick_open_clip import open_clip
from fieldlink.clip.split_batches import Replicas
from fieldlink.core.optimizers import AdamW, MatrixMuon
from fieldlink.core.params import ClipNetworkParams, ClipTrainingParams

PARTS = 2  # of a batch, each on its own thread; a fixed number, as each part has its own batch statistics
LARGEST_SCALE = math.log(100)  # of the logits, as in the paper
BLURRED = 4  # one in so many pictures of a batch is blurred
NOT_BY_MUON = ("positional_embedding", "attnpool")  # in names: places are no matrix, and the pool's are too wide


class TrainedClip(NamedTuple):
    model: open_clip.CLIP
    losses: list[ClipLosses]  # of each check


def train(
    training_pictures: CaptionedPictures,
    validation_pictures: CaptionedPictures,
    network: ClipNetworkParams,
    training: ClipTrainingParams,
    seed: int,
    *,
    device: str = "cpu",
    steps: Callable[[range], Iterable[int]] = iter,
) -> TrainedClip:
    """Muon and AdamW, with warm-up and a cosine to zero. The last state is returned.

    Every batch is drawn without repetition.

    `steps`: wraps the loop's range, for a progress bar.
    """
    pairs, checked = (of.tensors(network) for of in (training_pictures, validation_pictures))
    model = small_clip.build(network, seed).to(device).to(memory_format=torch.channels_last)
    optimizers = _optimizers(model, training)
    schedules = [
        torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, training)) for optimizer in optimizers
    ]
    model.train()
    random = torch.Generator().manual_seed(seed)
    losses, checks = list[float](), list[ClipLosses]()
    with Replicas(model, PARTS) as replicas:
        for step in steps(range(1, training.steps + 1)):
            members = torch.randperm(len(pairs.pixels), generator=random)[: training.batch]
            images = small_clip.normalised(mirrored(pairs.pixels[members], random).to(device))
            images = blurred(images, training.blur * torch.rand((), generator=random).item())
            numbers = pairs.subjects[members].to(device)

            def loss(image: Tensor, text: Tensor, numbers: Tensor = numbers) -> Tensor:
                return contrastive(model.logit_scale.exp() * image @ text.T, numbers[:, None] == numbers)

            model.zero_grad()
            losses.append(replicas.backward(images, pairs.tokens[members].to(device), loss))
            for optimizer, schedule in zip(optimizers, schedules, strict=True):
                optimizer.step()
                schedule.step()
            with torch.no_grad():
                model.logit_scale.clamp_(0, LARGEST_SCALE)
            if step % training.validate_every == 0 or step == training.steps:
                validation = validation_loss(model, checked, training.batch, seed, device)
                checks.append(ClipLosses(step, sum(losses) / len(losses), validation))
                losses = []
    return TrainedClip(model.eval(), checks)


@torch.no_grad()
def validation_loss(model: open_clip.CLIP, pairs: PairTensors, batch: int, seed: int, device: str) -> float:
    """The mean loss over pictures, in eval mode and in the same batches at every check, as large as training's."""
    model.eval()
    shuffled = torch.randperm(len(pairs.pixels), generator=torch.Generator().manual_seed(seed))
    total = 0.0
    for members in shuffled.split(batch):
        numbers, images = pairs.subjects[members].to(device), small_clip.normalised(pairs.pixels[members].to(device))
        image, text, scale = model(images, pairs.tokens[members].to(device))
        total += contrastive(scale * image @ text.T, numbers[:, None] == numbers).item() * len(members)
    model.train()
    return total / len(shuffled)


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
    is_mirrored = torch.rand(len(pixels), generator=random) < 0.5
    return torch.where(is_mirrored[:, None, None, None], pixels.flip(-1), pixels)


def blurred(images: Float[Tensor, "picture 3 side side"], deviation: float) -> Float[Tensor, "picture 3 side side"]:
    """Every fourth picture blurred by a Gaussian, as renders of NeRFs are; `deviation` in pixels."""
    reach = math.ceil(2 * deviation)
    if not reach:
        return images
    weights = torch.exp(-0.5 * (torch.arange(-reach, reach + 1, device=images.device) / deviation) ** 2)
    kernel = (weights / weights.sum()).expand(3, 1, -1)
    wide = pad(images[::BLURRED], (reach,) * 4, mode="replicate")
    images[::BLURRED] = conv2d(conv2d(wide, kernel[..., None], groups=3), kernel[..., None, :], groups=3)
    return images


def rate(step: int, training: ClipTrainingParams) -> float:
    """Share of the learning rate at a step: a linear rise over `warmup` steps, then a cosine to zero."""
    if step < training.warmup:
        return (step + 1) / training.warmup
    return 0.5 * (1 + math.cos(math.pi * (step - training.warmup) / max(training.steps - training.warmup, 1)))


def _optimizers(model: nn.Module, training: ClipTrainingParams) -> tuple[MatrixMuon, AdamW]:
    """Muon for convolutions and matrices, AdamW for the rest; biases, norms and the logits' scale don't decay."""
    learned = {name: weights for name, weights in model.named_parameters() if weights.requires_grad}
    matrices = {name: weights for name, weights in learned.items() if weights.ndim >= 2}
    by_adamw = {name: weights for name, weights in matrices.items() if any(part in name for part in NOT_BY_MUON)}
    by_muon = [weights for name, weights in matrices.items() if name not in by_adamw]
    groups = [
        {"params": list(by_adamw.values()), "weight_decay": training.weight_decay},
        {"params": [weights for weights in learned.values() if weights.ndim < 2], "weight_decay": 0.0},
    ]
    return (
        MatrixMuon(by_muon, training.matrix_learning_rate, weight_decay=training.weight_decay),
        AdamW(groups, training.learning_rate, betas=(0.9, 0.98), fused=True),
    )
