"""Train all mappers of one direction side by side."""

from collections.abc import Iterator
from itertools import islice

import torch
from jaxtyping import Float
from torch import Tensor

from fieldlink.core.devices import precision
from fieldlink.core.seeds import seed_of
from fieldlink.mapper.mapper_tasks import MapperResult, MapperTask
from fieldlink.mapper.mlps import Mappers
from fieldlink.mapper.model_losses import ModelLosses
from fieldlink.mapper.pair_batches import PairLoader
from fieldlink.mapper.pair_sampler import every_view
from fieldlink.training.loop import Training, Validation, one_cycle, train

PairBatch = tuple[Float[Tensor, "model batch in"], Float[Tensor, "model batch out"]]


def train_many(task: MapperTask) -> MapperResult:
    """The weights returned are those of the lowest validation loss; the earliest of equal ones.

    Raises `FloatingPointError` for a model whose validation loss was never finite.
    """
    training = MapperTraining(task)
    history = train(
        training,
        epochs=training.epochs,
        validate_every=training.validate_every,
        title=f"{task.direction}, {len(task.models)} models",
        models=[model.name for model in task.models],
        parameter="mapper.learning_rate",
    )
    return MapperResult(task.direction, task.models, training.network.tensors(), training.sampler.batch, history)


class MapperTraining(Training[Mappers, PairBatch]):
    """Models of equal training seed start from the same weights and see the same pairs, whatever their loss."""

    def __init__(self, task: MapperTask) -> None:
        mapper, device = task.mapper, task.device
        self.seeds = [seed_of(task.study_seed, "mapper", model.seed) for model in task.models]
        self.precision, self.device = mapper.precision, device
        self.sampler, self.steps = task.sampler, task.all_steps
        self.epochs = -(-self.steps // self.sampler.steps)  # the last may be cut short
        self.validate_every = max(1, round(mapper.validate_every * self.epochs / mapper.epochs))  # checks as many
        self.network = Mappers(_widths(task), [seed_of(seed, "weights") for seed in self.seeds]).to(device)
        self.loss = ModelLosses([model.loss for model in task.models]).to(device)
        groups = [
            {"params": list(self.network.parameters())},
            {"params": list(self.loss.parameters()), "weight_decay": 0.0},  # scales and biases don't decay
        ]
        self.optimizer, self.schedule = one_cycle(groups, mapper.learning_rate, mapper.weight_decay, self.steps)
        sets = [(model.nerf_set, model.clip_set) for model in task.models]
        self.train_pairs = PairLoader(task.train, task.direction, sets, device)
        self.validation_pairs = PairLoader(task.validation, task.direction, sets, device)
        order = every_view(task.validation.counts, mapper.batch, seed_of(task.study_seed, "validation"))
        self.validation_orders = [order] * len(task.models)

    def batches(self, epoch: int) -> Iterator[PairBatch]:
        batches = self.train_pairs.batches([self.sampler.order(seed, epoch) for seed in self.seeds])
        return islice(batches, self.steps - epoch * self.sampler.steps)

    def losses(self, batch: PairBatch) -> tuple[Float[Tensor, " model"], Float[Tensor, ""]]:
        inputs, targets = batch
        with precision(self.precision, self.device):
            outputs = self.network(inputs).float()
        losses = self.loss(outputs, targets)
        return losses, losses.sum()  # models share no parameter: each gets the gradient of its own loss

    @torch.no_grad()
    def validation(self) -> Validation:
        """Mean over pairs: a smaller last batch counts by its size."""
        batches = self.validation_pairs.batches(self.validation_orders)
        losses = [(self.loss(self.network(inputs), targets), inputs.shape[1]) for inputs, targets in batches]
        pairs = torch.tensor([float(count) for _, count in losses], device=losses[0][0].device)
        return torch.stack([loss for loss, _ in losses], dim=1) @ pairs / pairs.sum(), None


def _widths(task: MapperTask) -> list[int]:
    """clip2nerf has `mapper.hidden` between input and output, nerf2clip the mirror image."""
    widths = [task.train.clip.shape[2], *task.mapper.hidden, task.train.nerf.shape[-1]]
    return widths if task.direction == "clip2nerf" else widths[::-1]
