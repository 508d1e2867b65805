"""Many MLPs of one shape, computed together: weights are stacked along a first axis `model`."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn


class Mappers(nn.Module):
    """Mappers x ↦ W_L gelu(… gelu(W_1 x + b_1) …) + b_L; no normalisation, no dropout (protocol 5)."""

    def __init__(self, widths: Sequence[int], seeds: Sequence[int]) -> None:
        super().__init__()
        singles = [[layer for layer in single(widths, seed) if isinstance(layer, nn.Linear)] for seed in seeds]
        layers = list(zip(*singles, strict=True))
        # (model, in, out): a gradient then comes out in its parameter's own layout, and needs no copy
        self.weights = nn.ParameterList(torch.stack([linear.weight.detach().T for linear in same]) for same in layers)
        self.biases = nn.ParameterList(torch.stack([linear.bias.detach() for linear in same]) for same in layers)

    def forward(self, inputs: Float[Tensor, "model row in"]) -> Float[Tensor, "model row out"]:
        hidden = inputs
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            hidden = torch.baddbmm(bias[:, None], nn.functional.gelu(hidden) if layer else hidden, weight)
        return hidden

    def tensors(self) -> dict[str, Float[np.ndarray, "..."]]:
        """Stacked parameters as torch lays one out: weights.<layer> (model, out, in), biases.<layer> (model, out)."""
        values = {name: value.cpu().numpy() for name, value in self.state_dict().items()}
        return {name: value.swapaxes(1, 2) if value.ndim == 3 else value for name, value in values.items()}


def unstacked(tensors: Mapping[str, Float[np.ndarray, "..."]], model: int) -> nn.Sequential:
    """One of the stacked models as a network of its own."""
    weights, biases = (
        [tensors[f"{kind}.{i}"][model] for i in range(len(tensors) // 2)] for kind in ("weights", "biases")
    )
    network = single([weights[0].shape[1], *(len(weight) for weight in weights)], seed=0)
    values = [torch.tensor(value) for layer in zip(weights, biases, strict=True) for value in layer]
    network.load_state_dict(dict(zip(network.state_dict(), values, strict=True)))
    return network


def stacked(network: nn.Sequential) -> dict[str, Float[np.ndarray, "..."]]:
    """The parameters of one network as those of a stack of one."""
    layers = [layer for layer in network if isinstance(layer, nn.Linear)]
    values = {f"weights.{i}": layer.weight for i, layer in enumerate(layers)}
    values |= {f"biases.{i}": layer.bias for i, layer in enumerate(layers)}
    return {name: value.detach().cpu().numpy()[None] for name, value in values.items()}


def single(widths: Sequence[int], seed: int) -> nn.Sequential:
    """One mapper as torch initialises it by default after `seed`; the global generator is left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = [nn.Linear(inputs, outputs) for inputs, outputs in pairwise(widths)]
    return nn.Sequential(*[part for layer in layers for part in (nn.GELU(), layer)][1:])
