"""Training nf2vec: the embedding must let the decoder give the NeRF back (protocol 3).

Every random draw is a function of the seed and the step, so that a training that goes on from a checkpoint ends with
the same numbers as one that was never stopped.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from fieldlink.core.devices import precision
from fieldlink.core.optimizers import AdamW
from fieldlink.core.params import Nf2vecParams
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.supervision import Cameras, along_rays, at_points
from fieldlink.nf2vec.training_state import Checkpoint, Progress
from fieldlink.scenes import cameras

Loss = Callable[[NerfBatch, torch.Generator], Float[Tensor, ""]]
Reconstruction = Callable[[Tensor, NerfBatch, torch.Generator], Float[Tensor, ""]]  # the first: embeddings
VIEWS, PIXELS = 36, 64  # of the cameras whose rays supervision by rays draws from
MOST_VALIDATED = 128  # NeRFs in a measurement of the validation loss, and embedded at once


def train(
    model: Nf2vecModel,
    training: NerfBatch,
    validation: NerfBatch,
    *,
    seed: int,
    checkpoint: Checkpoint,
    device: str = "cpu",
) -> Float[np.ndarray, "measurement 3"]:
    """Train `model` in place to its last step; the curve's rows: step, mean training loss since the last, validation's.

    `model` is fresh; what `checkpoint` holds is taken up.
    """
    how = model.to(device).how.training
    loss = loss_of(model, seed, device)
    optimizer = AdamW(model.parameters(), how.learning_rate, weight_decay=how.weight_decay, fused=True)
    state = Progress(model, optimizer)
    state.take_up(checkpoint.read())
    bar = progress(range(how.steps), "train_nf2vec", "steps", initial=state.step)
    for step in range(state.step, how.steps):
        batch = training.take(members(len(training), how.batch, step, seed), device)
        optimizer.param_groups[0]["lr"] = learning_rate(model.how, step)
        state.losses.append(_step(model, loss, batch, optimizer, _random(seed, step, device)))
        if (step + 1) % how.validate_every == 0 or step + 1 == how.steps:
            state.measured(step + 1, _validate(model, loss, validation, seed, device))
            bar.set_postfix_str(f"loss {state.curve[-1][1]:.5f}, validation {state.curve[-1][2]:.5f}")
        state.step = step + 1
        bar.update()
        checkpoint.write_if_due(state.state)
    bar.close()
    model.eval()
    if model.how.centred:
        model.centre(_mean_embedding(model, training, device))
    return np.asarray(state.curve, np.float64).reshape(-1, 3)


def loss_of(model: Nf2vecModel, seed: int, device: str) -> Loss:
    """How far the decoder is from giving NeRFs back from their embeddings."""
    reconstruct, how = reconstruction_of(model, seed, device), model.how.training

    def loss(nerfs: NerfBatch, random: torch.Generator) -> Float[Tensor, ""]:
        with precision(how.precision, device):
            embedding = model.embed(nerfs.weights)
        return reconstruct(embedding.float(), nerfs, random)

    return loss


def reconstruction_of(model: Nf2vecModel, seed: int, device: str) -> Reconstruction:
    """The same from embeddings that are there already, by the supervision that `model.how` asks for."""
    architecture, how = model.architecture, model.how.training
    rays = disn_rays(seed, device) if model.how.supervision == "rays" else None

    def loss(
        embedding: Float[Tensor, "nerf embedding"], nerfs: NerfBatch, random: torch.Generator
    ) -> Float[Tensor, ""]:
        def decoded(points: Float[Tensor, "nerf point 3"]) -> tuple[Tensor, Tensor]:
            with precision(how.precision, device):  # of the decoder alone: what it learns from stays exact
                rgb, density = model.decoder(embedding, points)
            return rgb.float(), density.float()

        if rays is None:
            return at_points(decoded, nerfs, architecture, how, random)
        return along_rays(decoded, nerfs, architecture, how, random=random, cameras=rays)

    return loss


def disn_rays(seed: int, device: str) -> Cameras:
    """Rays of 36 cameras as the views' are drawn, the same for all NeRFs: no object's own views need be read."""
    poses = cameras.disn_poses(seed_of(seed, "cameras"), VIEWS)
    origins, directions = cameras.rays(poses, cameras.DISN_ANGLE, PIXELS, PIXELS)
    origins = np.repeat(origins, PIXELS**2, axis=0)
    return torch.from_numpy(origins).to(device), torch.from_numpy(directions.reshape(-1, 3)).to(device)


def members(count: int, batch: int, step: int, seed: int) -> Int[Tensor, " batch"]:
    """Which NeRFs are in the batch of a step: each epoch in an order of its own, its incomplete last batch left out."""
    epoch, place = divmod(step, max(count // batch, 1))
    order = torch.randperm(count, generator=_random(seed, -1 - epoch, "cpu"))
    return order[place * batch : (place + 1) * batch]


def learning_rate(how: Nf2vecParams, step: int) -> float:
    """Constant as published, or half a cosine down to zero."""
    if how.training.schedule == "constant":
        return how.training.learning_rate
    return how.training.learning_rate * 0.5 * (1 + math.cos(math.pi * step / how.training.steps))


def _step(
    model: Nf2vecModel, loss: Loss, batch: NerfBatch, optimizer: torch.optim.Optimizer, random: torch.Generator
) -> float:
    model.train()
    error = loss(batch, random)
    optimizer.zero_grad()
    error.backward()
    optimizer.step()
    return error.item()


@torch.no_grad()
def _mean_embedding(model: Nf2vecModel, nerfs: NerfBatch, device: str) -> Float[Tensor, " embedding"]:
    batches = torch.arange(len(nerfs)).split(MOST_VALIDATED)
    sums = [model.embed(nerfs.take(batch, device).weights).double().sum(0) for batch in batches]
    return (torch.stack(sums).sum(0) / len(nerfs)).float()


@torch.no_grad()
def _validate(model: Nf2vecModel, loss: Loss, nerfs: NerfBatch, seed: int, device: str) -> float:
    """Mean loss in eval mode, always on the same NeRFs and points."""
    model.eval()
    batches = torch.arange(min(len(nerfs), MOST_VALIDATED)).split(model.how.training.batch)
    random = _random(seed, 0, device)
    losses = [loss(nerfs.take(batch, device), random).item() * len(batch) for batch in batches]
    return sum(losses) / sum(len(batch) for batch in batches)


def _random(seed: int, step: int, device: str) -> torch.Generator:
    return torch.Generator(device).manual_seed(seed_of(seed, "step", step))
