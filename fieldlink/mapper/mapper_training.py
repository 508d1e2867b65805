"""Train all mappers of one direction in one loop; the weights best on validation are the ones returned."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from fieldlink.core.optimizers import AdamW
from fieldlink.core.params import MapperParams
from fieldlink.core.progress import progress
from fieldlink.core.seeds import seed_of
from fieldlink.mapper.losses import Losses
from fieldlink.mapper.mapper_tasks import MapperResult, MapperTask
from fieldlink.mapper.mlps import Mappers
from fieldlink.mapper.pair_batches import Dealer, Sampler, every_view


def train_many(task: MapperTask) -> MapperResult:
    """AdamW with one OneCycle over all steps (protocol 5), checked every `how.validate_every` epochs and at the end.

    Raises `FloatingPointError` for a model whose validation loss was never finite.
    """
    how, models, device = task.how, task.models, task.device
    seeds = [seed_of(task.study_seed, "mapper", model.variant, model.seed) for model in models]
    sampler = Sampler.of(task.train.counts, how, task.times)
    sets = [(model.nerf_set, model.clip_set) for model in models]
    mappers = Mappers(_widths(task), [seed_of(seed, "weights") for seed in seeds]).to(device)
    losses, best = Losses([model.loss for model in models]).to(device), _Best(mappers, len(models))
    optimizer, schedule = _optimizer(mappers, losses, how, sampler.steps * how.epochs)
    learning, checking = (Dealer(pairs, task.direction, sets, device) for pairs in (task.train, task.validation))
    all_pairs = [every_view(task.validation.counts, how.batch, seed_of(task.study_seed, "validation"))] * len(models)
    checks, since = [], []
    for epoch in progress(range(1, how.epochs + 1), f"{task.direction}, {len(models)} models", "epochs"):
        for inputs, targets in learning.deal([sampler.plan(seed, epoch - 1) for seed in seeds]):
            loss = losses(mappers(inputs), targets)
            optimizer.zero_grad()
            loss.sum().backward()  # models share no parameter, so each gets the gradient of its own loss
            optimizer.step()
            schedule.step()
            since.append(loss.detach())
        if epoch % how.validate_every == 0 or epoch == how.epochs:
            step, measured = epoch * sampler.steps, _mean_losses(mappers, losses, checking.deal(all_pairs))
            best.keep(measured, step)
            checks.append((step, torch.stack(since).mean(0).cpu().numpy(), measured.cpu().numpy()))
            since = []
    best.restore([f"{model.variant} seed={model.seed}" for model in models])
    curves = [np.stack(column) for column in zip(*checks, strict=True)]
    return MapperResult(task.direction, models, mappers.tensors(), best.step, sampler.batch, *curves)


def _widths(task: MapperTask) -> list[int]:
    """clip2nerf has `how.hidden` between input and output, nerf2clip the mirror image."""
    widths = [task.train.clip.shape[2], *task.how.hidden, task.train.nerf.shape[-1]]
    return widths if task.direction == "clip2nerf" else widths[::-1]


def _optimizer(
    mappers: Mappers, losses: Losses, how: MapperParams, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.OneCycleLR]:
    """Scales and biases of the losses don't decay."""
    groups = [{"params": list(mappers.parameters())}, {"params": list(losses.parameters()), "weight_decay": 0.0}]
    optimizer = AdamW(groups, lr=how.learning_rate, weight_decay=how.weight_decay, fused=True)
    return optimizer, torch.optim.lr_scheduler.OneCycleLR(optimizer, how.learning_rate, total_steps=steps)


@torch.no_grad()
def _mean_losses(mappers: Mappers, losses: Losses, batches: Iterable[tuple[Tensor, Tensor]]) -> Float[Tensor, " model"]:
    """Mean over pairs: a smaller last batch counts by its size."""
    found = [(losses(mappers(inputs), targets), inputs.shape[1]) for inputs, targets in batches]
    pairs = torch.tensor([float(count) for _, count in found], device=found[0][0].device)
    return torch.stack([loss for loss, _ in found], dim=1) @ pairs / pairs.sum()


class _Best:
    """The weights of every model at its lowest validation loss so far; ties keep the earlier."""

    def __init__(self, mappers: Mappers, models: int) -> None:
        self.mappers = mappers
        self.values = [value.detach().clone() for value in mappers.parameters()]
        self.loss = torch.full((models,), torch.inf, device=self.values[0].device)
        self.step = np.zeros(models, np.int64)

    @torch.no_grad()
    def keep(self, loss: Float[Tensor, " model"], step: int) -> None:
        better = loss < self.loss
        self.loss = torch.where(better, loss, self.loss)
        self.step[better.cpu().numpy()] = step
        for kept, value in zip(self.values, self.mappers.parameters(), strict=True):
            kept[better] = value[better]

    @torch.no_grad()
    def restore(self, names: Sequence[str]) -> None:
        diverged = [name for name, step in zip(names, self.step, strict=True) if step == 0]
        if diverged:
            raise FloatingPointError(f"no finite validation loss: {diverged}; lower mapper.learning_rate")
        for kept, value in zip(self.values, self.mappers.parameters(), strict=True):
            value.copy_(kept)
