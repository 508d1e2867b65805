"""The training loop, on models of one number each that a step moves by a known amount."""

from collections.abc import Iterable

import pytest
import torch
from torch import Tensor, nn

from fieldlink.training import curves
from fieldlink.training.loop import Training, Validation, train


class Counting(Training[nn.Module, float]):
    """Model i starts at 0 and each batch b moves it by −b: the loss b·x has the gradient b, the rate is 1."""

    def __init__(self, models: int, validation_losses: list[list[float]]) -> None:
        self.network = nn.Module()
        self.network.value = nn.Parameter(torch.zeros(models))
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=1.0)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, lambda _: 1.0)  # pyright: ignore
        self.validation_losses, self.epochs = iter(validation_losses), list[int]()

    def batches(self, epoch: int) -> Iterable[float]:
        self.epochs.append(epoch)
        return iter((1.0, 2.0))

    def losses(self, batch: float) -> tuple[Tensor, Tensor]:
        loss = batch * self.network.value  # pyright: ignore
        return loss, loss.sum()

    def validation(self) -> Validation:
        return torch.tensor(next(self.validation_losses)), None


def test_checks_come_every_so_many_epochs_and_at_the_end_and_the_best_weights_are_restored():
    training = Counting(2, [[3.0, 1.0], [2.0, 2.0], [5.0, 5.0]])
    history = train(
        training, epochs=5, validate_every=2, title="test", models=["a", "b"], parameter="mapper.learning_rate"
    )
    assert training.epochs == [0, 1, 2, 3, 4]
    assert history.check_steps.tolist() == [4, 8, 10]
    assert history.steps == 10
    assert history.best_step.tolist() == [8, 4]
    assert training.network.value.tolist() == [-12, -6]  # −3 an epoch
    assert history.validation_loss.tolist() == [[3, 1], [2, 2], [5, 5]]
    # losses of the first two epochs: 1·0, 2·(−1), 1·(−3), 2·(−4)
    assert history.train_loss[0].tolist() == pytest.approx([-13 / 4] * 2)


def test_curves_have_every_model_split_and_check():
    history = train(
        Counting(2, [[3.0, 1.0], [2.0, 2.0]]),
        epochs=2,
        validate_every=1,
        title="test",
        models=["a", "b"],
        parameter="mapper.learning_rate",
    )
    columns = curves.columns([([("a", 0), ("b", 7)], history)])
    rows = set(zip(*columns.values(), strict=True))
    assert {row[:4] for row in rows} == {
        (variant, seed, step, split)
        for variant, seed in (("a", 0), ("b", 7))
        for step in (2, 4)
        for split in ("train", "validation")
    }
    assert ("b", 7, 4, "validation", 2.0) in rows
