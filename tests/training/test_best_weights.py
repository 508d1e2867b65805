"""Which weights are kept: those of the best check, for every model by itself."""

import pytest
import torch
from torch import nn

from fieldlink.training.best_weights import BestWeights


class Numbers(nn.Module):
    """A number for each of some models."""

    def __init__(self, models: int) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.zeros(models))

    def set(self, *values: float) -> None:
        with torch.no_grad():
            self.value.copy_(torch.tensor(values))


def test_each_model_keeps_the_weights_of_its_lowest_loss_and_of_equal_ones_the_earlier():
    network = Numbers(3)
    best = BestWeights(network, 3)
    for step, losses in enumerate([(2.0, 1.0, 3.0), (1.0, 1.0, float("nan")), (1.5, 0.5, 3.0)], start=1):
        network.set(*[float(step)] * 3)
        best.keep(step, torch.tensor(losses), None)
    best.restore("abc", "mapper.learning_rate")
    assert best.step.tolist() == [2, 3, 1]
    assert network.value.tolist() == [2, 3, 1]


def test_accuracy_comes_before_loss():
    network = Numbers(2)
    best = BestWeights(network, 2)
    for step, (loss, accuracy) in enumerate([((1.0, 2.0), (0.5, 0.5)), ((9.0, 1.0), (0.6, 0.5))], start=1):
        network.set(float(step), float(step))
        best.keep(step, torch.tensor(loss), torch.tensor(accuracy))
    assert best.step.tolist() == [2, 2]
    best.keep(3, torch.tensor([0.1, 0.1]), torch.tensor([0.5, 0.5]))
    assert best.step.tolist() == [2, 3]


def test_one_model_without_a_stack_is_kept_whole_with_its_buffers():
    network = nn.BatchNorm1d(2)
    best = BestWeights(network, 1, stacked=False)
    network.train()
    network(torch.randn(4, 2, generator=torch.Generator().manual_seed(0)))
    mean = network.running_mean.clone()  # pyright: ignore
    best.keep(1, torch.tensor([1.0]), None)
    network(torch.ones(4, 2))
    best.keep(2, torch.tensor([2.0]), None)
    best.restore(["a"], "finetuning.learning_rate")
    assert torch.equal(network.running_mean, mean)  # pyright: ignore
    assert network.num_batches_tracked == 1


def test_a_model_without_a_finite_loss_is_an_error_that_names_it_and_the_parameter():
    best = BestWeights(Numbers(2), 2)
    best.keep(1, torch.tensor([1.0, float("inf")]), None)
    with pytest.raises(FloatingPointError, match=r"\['b seed=0'\]; lower mapper\.learning_rate"):
        best.restore(["a seed=0", "b seed=0"], "mapper.learning_rate")
