"""A training step of nf2vec.

The baseline goes through the NeRFs of a batch in a Python loop, as the published code does: for each it unpacks the
grid, draws the points, evaluates the NeRF there, decodes and adds its loss; one backward and one AdamW step follow. The
encoder, which the published code batches too, sees the whole batch. Encoder, decoder, field evaluation and loss are
the same functions as ours, with the same noise, precision and threads.
"""

import os
import statistics

import numpy as np
import pytest
import torch

from benchmarks.measuring import interleaved, keep
from fieldlink.core.devices import precision, timed_run
from fieldlink.core.params import Params
from fieldlink.nerf.fitting.optimisation import Fit
from fieldlink.nerf.nerf_batches import NerfBatch
from fieldlink.nf2vec.model import Nf2vecModel
from fieldlink.nf2vec.nf2vec_training import loss_function, reconstruction_of, with_noise

pytestmark = pytest.mark.bench


class Training:
    """A fresh nf2vec, and steps of it on one batch."""

    def __init__(self, params: Params, batch: NerfBatch, looped: bool, device: str = "cpu") -> None:
        self.model = Nf2vecModel(params.nf2vec, params.nerf.field, seed=0).to(device).train()
        self.joint_loss = loss_function(self.model, 0, device)
        self.batch, self.looped, self.device = batch.take(torch.arange(len(batch)), device), looped, device
        self.reconstruct = reconstruction_of(self.model, 0, device)
        training_params = params.nf2vec.training
        self.adam = torch.optim.AdamW(
            self.model.parameters(),
            training_params.learning_rate,
            weight_decay=training_params.weight_decay,
            fused=True,
        )
        self.done = 0

    def loss(self) -> torch.Tensor:
        random = torch.Generator(self.device).manual_seed(self.done)
        if not self.looped:
            return self.joint_loss(self.batch, random)
        training = self.model.params.training
        weights = self.batch.weights
        if training.weight_noise:
            weights = with_noise(weights, training.weight_noise, random)
        with precision(training.precision, self.device):
            embeddings = self.model.embed(weights).float()
        losses = [
            self.reconstruct(embeddings[one : one + 1], self.batch.take(torch.tensor([one]), self.device), random)
            for one in range(len(self.batch))
        ]
        return torch.stack(losses).mean()

    def steps(self, count: int) -> float:
        """The mean loss of some steps."""
        losses = []
        for _ in range(count):
            loss = self.loss()
            self.adam.zero_grad()
            loss.backward()
            self.adam.step()
            losses.append(loss.item())
            self.done += 1
        return float(np.mean(losses))


def test_train_nf2vec(fits: dict[str, Fit], params: Params, quick: bool):
    torch.set_num_threads(os.cpu_count() or 1)
    batch_fits = [list(fits.values())[index % len(fits)] for index in range(params.nf2vec.training.batch)]
    batch = NerfBatch.of(np.stack([fit.weights for fit in batch_fits]), [fit.occupancy for fit in batch_fits])
    sides = {"baseline": Training(params, batch, looped=True), "ours": Training(params, batch, looped=False)}
    count, repetitions = (2, 1) if quick else (20, 7)
    for side in sides.values():
        side.steps(2)
    ways = {name: lambda side=side: timed_run(lambda: side.steps(count)) for name, side in sides.items()}
    rounds = interleaved(ways, repetitions)
    last = {name: statistics.mean(loss for _, loss in runs[-2:]) for name, runs in rounds.items()}
    keep(
        "train_nf2vec",
        ">= 2 x per step at equal loss",
        __doc__,
        unit="a step",
        seconds={name: [took / count for took, _ in runs] for name, runs in rounds.items()},
        quality=({"loss": last["baseline"]}, {"loss": last["ours"]}),
        sizes={"NeRFs": len(batch_fits), "points": params.nf2vec.training.points, "steps": count * repetitions},
        remarks=["Losses: means over the last 40 of the same number of steps; both draw their points at random."],
    )
