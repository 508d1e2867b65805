"""The machine's limit: the seconds that the matrix products of some work take where all cores do nothing else.

The rate of products is measured in the same run, at the shape and in the precision that the work has them. No program
of these products on these cores is faster, whatever it does about the rest: reading pictures, drawing rays,
activations, compositing.
"""

import time
from dataclasses import dataclass

import torch

from benchmarks.measuring import in_warm_workers

SECONDS = 0.3  # that a shape is timed for
WORKERS = 2


@dataclass(frozen=True)
class Layer:
    """One layer of several networks of a shape, applied to rows of vectors."""

    networks: int
    rows: int  # of each network, at once
    inputs: int
    outputs: int
    dtype: torch.dtype = torch.float32

    @property
    def operations(self) -> int:
        """Multiplications and additions of one product."""
        return 2 * self.networks * self.rows * self.inputs * self.outputs


def seconds_of_products(layers: list[Layer], products: float) -> float:
    """Seconds of `products` products of each layer, divided among the workers."""
    return sum(products * layer.operations / rate(layer) for layer in layers)


def rate(layer: Layer) -> float:
    """Operations a second of all workers together."""
    _, rates = in_warm_workers(_rate, [layer] * WORKERS, layer, WORKERS)
    return sum(rates)


def _rate(layer: Layer) -> float:
    torch.set_num_threads(1)
    vectors = torch.randn(layer.networks, layer.rows, layer.inputs).to(layer.dtype)
    weights = torch.randn(layer.networks, layer.inputs, layer.outputs).to(layer.dtype)
    result, count, start = torch.bmm(vectors, weights), 0, time.monotonic()
    while (spent := time.monotonic() - start) < SECONDS:
        torch.bmm(vectors, weights, out=result)
        count += 1
    return count * layer.operations / spent
