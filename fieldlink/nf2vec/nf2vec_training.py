"""Training nf2vec: the decoder must give the NeRF back from its embedding (protocol 3).

Every random draw is a function of the seed and the step, so that a training continued from a checkpoint ends with the
same numbers as one that was never stopped.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from fieldlink.core.devices import precision
from fieldlink.core.optimizers import AdamW
from fieldlink.core.params import Nf2vecTrainingParams
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of
from fieldlink.nerf.field import FieldValues
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nerf.object_cameras import Rays
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.supervision import along_rays, at_points
from fieldlink.nf2vec.training_state import CheckpointStore, TrainingState
from fieldlink.scenes import cameras

Nf2vecLoss = Callable[[NerfBatch, torch.Generator], Float[Tensor, ""]]
Reconstruction = Callable[[Tensor, NerfBatch, torch.Generator], Float[Tensor, ""]]  # the first: embeddings
VIEWS = 36  # cameras that NeRFs share, where supervision by rays draws from these
MAX_VALIDATION = 128  # NeRFs for the validation loss, and embedded at once


def train(
    model: Nf2vecModel,
    training: NerfBatch,
    validation: NerfBatch,
    *,
    seed: int,
    checkpoint: CheckpointStore,
    device: str = "cpu",
    best: Nf2vecModel | None = None,
) -> Float[np.ndarray, "measurement 3"]:
    """Train `model`, which is fresh, in place.

    The result is the curve, whose rows are a step, the mean training loss since the row before, and the validation
    loss. The training continues from the state in `checkpoint`, if there is one. `best` gets the state of the lowest
    validation loss.
    """
    params = model.to(device).params.training
    loss = loss_function(model, seed, device)
    optimizer = AdamW(model.parameters(), params.learning_rate, weight_decay=params.weight_decay, fused=True)
    state = TrainingState(model, optimizer, best)
    state.restore(checkpoint.read())
    bar = progress(range(params.steps), "train_nf2vec", "steps", initial=state.step)
    for step in range(state.step, params.steps):
        batch = training.take(batch_members(len(training), params.batch, step, seed), device)
        optimizer.param_groups[0]["lr"] = learning_rate(params, step)
        state.losses.append(_step(model, loss, batch, optimizer, _generator(seed, step, device)))
        if (step + 1) % params.validate_every == 0 or step + 1 == params.steps:
            state.add_measurement(step + 1, _validate(model, loss, validation, seed, device))
            bar.set_postfix_str(f"loss {state.curve[-1][1]:.5f}, validation {state.curve[-1][2]:.5f}")
        state.step = step + 1
        bar.update()
        checkpoint.write_if_due(state.state)
    bar.close()
    for trained in filter(None, (model, best)):
        trained.to(device).eval()
        if trained.params.centred:
            trained.centre(_mean_embedding(trained, training, device))
    return np.asarray(state.curve, np.float64).reshape(-1, 3)


def loss_function(model: Nf2vecModel, seed: int, device: str) -> Nf2vecLoss:
    """The loss of the decoder's field against the NeRFs', from weights, which are noisy in training mode."""
    reconstruct, params = reconstruction_of(model, seed, device), model.params.training

    def loss(nerfs: NerfBatch, random: torch.Generator) -> Float[Tensor, ""]:
        weights = nerfs.weights
        if model.training and params.weight_noise:
            weights = with_noise(weights, params.weight_noise, random)
        with precision(params.precision, device):
            embedding = model.embed(weights)
        return reconstruct(embedding.float(), nerfs, random)

    return loss


def with_noise(
    weights: Float[Tensor, "nerf number"], deviations: float, random: torch.Generator
) -> Float[Tensor, "nerf number"]:
    """Weights plus normal noise, whose standard deviation is `deviations` times theirs about their mean."""
    deviation = (weights - weights.mean(0)).square().mean().sqrt()
    noise = torch.randn(weights.shape, generator=random, device=weights.device)
    return weights + deviations * deviation * noise


def reconstruction_of(model: Nf2vecModel, seed: int, device: str) -> Reconstruction:
    """As `loss_function`, from given embeddings; `model.params.supervision` decides between points and rays."""
    architecture, training = model.architecture, model.params.training
    by_rays = model.params.supervision == "rays"
    shared = disn_rays(seed, training.pixels, device) if by_rays and training.cameras == "shared" else None

    def loss(
        embedding: Float[Tensor, "nerf embedding"], nerfs: NerfBatch, random: torch.Generator
    ) -> Float[Tensor, ""]:
        def decoded(points: Float[Tensor, "nerf point 3"]) -> FieldValues:
            with precision(training.precision, device):  # of the decoder alone: its targets stay exact
                rgb, density = model.decoder(embedding, points)
            return FieldValues(rgb.float(), density.float())

        if by_rays:
            return along_rays(decoded, nerfs, architecture, training, random=random, cameras=shared)
        return at_points(decoded, nerfs, architecture, training, random)

    return loss


def disn_rays(seed: int, pixels: int, device: str) -> Rays:
    """Rays of 36 cameras drawn as the views' are, the same for all NeRFs, so that no views need be read.

    `pixels`: width and height of their pictures.
    """
    poses = cameras.disn_poses(seed_of(seed, "cameras"), VIEWS)
    origins, directions = cameras.rays(poses, cameras.DISN_ANGLE, pixels, pixels)
    origins = np.repeat(origins, pixels**2, axis=0)
    return Rays(torch.from_numpy(origins).to(device), torch.from_numpy(directions.reshape(-1, 3)).to(device))


def batch_members(count: int, batch: int, step: int, seed: int) -> Int[Tensor, " batch"]:
    """The NeRFs in the batch of a step: each epoch in an order of its own, without its incomplete last batch."""
    epoch, batch_index = divmod(step, max(count // batch, 1))
    order = torch.randperm(count, generator=_generator(seed, -1 - epoch, "cpu"))
    return order[batch_index * batch : (batch_index + 1) * batch]


def learning_rate(training: Nf2vecTrainingParams, step: int) -> float:
    """Constant as published, or half a cosine down to zero."""
    if training.schedule == "constant":
        return training.learning_rate
    return training.learning_rate * 0.5 * (1 + math.cos(math.pi * step / training.steps))


def _step(
    model: Nf2vecModel, loss: Nf2vecLoss, batch: NerfBatch, optimizer: torch.optim.Optimizer, random: torch.Generator
) -> float:
    model.train()
    error = loss(batch, random)
    optimizer.zero_grad()
    error.backward()
    optimizer.step()
    return error.item()


@torch.no_grad()
def _mean_embedding(model: Nf2vecModel, nerfs: NerfBatch, device: str) -> Float[Tensor, " embedding"]:
    batches = torch.arange(len(nerfs)).split(MAX_VALIDATION)
    sums = [model.embed(nerfs.take(batch, device).weights).double().sum(0) for batch in batches]
    return (torch.stack(sums).sum(0) / len(nerfs)).float()


@torch.no_grad()
def _validate(model: Nf2vecModel, loss: Nf2vecLoss, nerfs: NerfBatch, seed: int, device: str) -> float:
    """Mean loss in eval mode, always on the same NeRFs and points."""
    model.eval()
    batches = torch.arange(min(len(nerfs), MAX_VALIDATION)).split(model.params.training.batch)
    random = _generator(seed, 0, device)
    losses = [loss(nerfs.take(batch, device), random).item() * len(batch) for batch in batches]
    return sum(losses) / sum(len(batch) for batch in batches)


def _generator(seed: int, step: int, device: str) -> torch.Generator:
    return torch.Generator(device).manual_seed(seed_of(seed, "step", step))
