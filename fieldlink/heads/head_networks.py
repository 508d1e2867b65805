"""Many classification heads of one shape, computed together: weights are stacked along a first axis `model`."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from fieldlink.heads.draws import Draws

EPSILON, MOMENTUM = 1e-5, 0.1  # of batch normalisation, as torch has them


class Heads(nn.Module):
    """Heads x ↦ W_L h_{L−1}(… h_1(x) …) + b with h(x) = dropout(relu(batchnorm(W x))) (protocol 8).

    Hidden layers have no bias of their own: batch normalisation subtracts it. Its gradient would be rounding noise,
    which AdamW would scale up to full steps. With `all_biases` they have one, as published.
    """

    def __init__(self, widths: Sequence[int], seeds: Sequence[int], *, all_biases: bool = False) -> None:
        super().__init__()
        singles = [single(widths, seed, all_biases=all_biases) for seed in seeds]
        layers, hidden = list(zip(*singles, strict=True)), widths[1:-1]
        self.weights = nn.ParameterList(torch.stack([layer.weight.detach() for layer in same]) for same in layers)
        self.bias = nn.Parameter(torch.stack([layer.bias.detach() for layer in layers[-1]]))
        self.hidden_biases = nn.ParameterList(
            torch.stack([layer.bias.detach() for layer in same]) for same in layers[:-1] if all_biases
        )
        self.scales = nn.ParameterList(torch.ones(len(seeds), width) for width in hidden)
        self.shifts = nn.ParameterList(torch.zeros(len(seeds), width) for width in hidden)
        for layer, width in enumerate(hidden):
            self.register_buffer(f"mean_{layer}", torch.zeros(len(seeds), width))
            self.register_buffer(f"variance_{layer}", torch.ones(len(seeds), width))

    @staticmethod
    def of(tensors: Mapping[str, Float[np.ndarray, "..."]]) -> "Heads":
        """Heads from the result of `tensors`."""
        stacks = [tensors[f"weights.{layer}"] for layer in range(sum(name.startswith("weights.") for name in tensors))]
        widths, all_biases = [stacks[0].shape[2], *(stack.shape[1] for stack in stacks)], "hidden_biases.0" in tensors
        heads = Heads(widths, [0] * len(stacks[0]), all_biases=all_biases)
        heads.load_state_dict({name: torch.tensor(value) for name, value in tensors.items()})
        return heads

    def forward(self, inputs: Float[Tensor, "model row in"]) -> Float[Tensor, "model row class"]:
        """Logits as tested: running statistics, no dropout."""
        hidden = inputs
        for layer in range(len(self.scales)):
            mean, variance = (self.get_buffer(f"{name}_{layer}") for name in ("mean", "variance"))
            hidden = self._activated(layer, self._linear(layer, hidden), mean, variance)
        return self._logits(hidden)

    def learn(
        self,
        inputs: Float[Tensor, "model row in"],
        counted: Float[Tensor, "model row"],
        dropout: float,
        draws: Draws,
    ) -> Float[Tensor, "model row class"]:
        """Logits as trained: statistics of the rows that are `counted` (1, else 0), which move the running ones."""
        hidden = inputs
        for layer in range(len(self.scales)):
            hidden = self._linear(layer, hidden)
            mean, variance = self._statistics(layer, hidden, counted)
            hidden = self._activated(layer, hidden, mean, variance)
            hidden = hidden * (draws.uniform(*hidden.shape[1:]) >= dropout) / (1 - dropout)
        return self._logits(hidden)

    def tensors(self) -> dict[str, Float[np.ndarray, "..."]]:
        """Stacked as torch lays one out: weights.<layer> (model, out, in), all others (model, out)."""
        return {name: value.cpu().numpy() for name, value in self.state_dict().items()}

    def _logits(self, hidden: Float[Tensor, "model row in"]) -> Float[Tensor, "model row class"]:
        return torch.baddbmm(self.bias[:, None], hidden, self.weights[-1].mT)

    def _linear(self, layer: int, hidden: Float[Tensor, "model row in"]) -> Float[Tensor, "model row out"]:
        product = hidden @ self.weights[layer].mT
        return product + self.hidden_biases[layer][:, None] if len(self.hidden_biases) else product

    def _activated(
        self, layer: int, hidden: Float[Tensor, "model row out"], mean: Tensor, variance: Tensor
    ) -> Float[Tensor, "model row out"]:
        scale = self.scales[layer] * (variance + EPSILON).rsqrt()
        return nn.functional.relu((hidden - mean[:, None]) * scale[:, None] + self.shifts[layer][:, None])

    def _statistics(
        self, layer: int, hidden: Float[Tensor, "model row out"], counted: Float[Tensor, "model row"]
    ) -> tuple[Float[Tensor, "model out"], Float[Tensor, "model out"]]:
        """Mean and biased variance over the counted rows. The running variance is of the unbiased one."""
        rows = counted.sum(1, keepdim=True)
        shares = (counted / rows)[:, None]
        mean = (shares @ hidden)[:, 0]
        variance = (shares @ (hidden - mean[:, None]).square())[:, 0]
        with torch.no_grad():
            unbiased = variance * rows / (rows - 1).clamp(min=1)
            for name, statistic in (("mean", mean), ("variance", unbiased)):
                self.get_buffer(f"{name}_{layer}").lerp_(statistic, MOMENTUM)
        return mean, variance


@torch.no_grad()
def logits(
    tensors: Mapping[str, Float[np.ndarray, "..."]], vectors: Float[np.ndarray, "model row dim"], device: str
) -> Float[np.ndarray, "model row class"]:
    """Logits of trained heads, with running statistics and without dropout."""
    return Heads.of(tensors).to(device)(torch.tensor(vectors, device=device)).cpu().numpy()


def single(widths: Sequence[int], seed: int, *, all_biases: bool = False) -> list[nn.Linear]:
    """The linear layers of one head as torch initialises them after `seed`; the global generator is left as it was."""
    pairs = list(pairwise(widths))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return [
            nn.Linear(inputs, outputs, bias=all_biases or layer == len(pairs))
            for layer, (inputs, outputs) in enumerate(pairs, start=1)
        ]
