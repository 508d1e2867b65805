"""A step of a fit as one CUDA graph: of small operations, a GPU waits for each to be started."""

from collections.abc import Callable
from dataclasses import fields

import torch
from jaxtyping import Float
from torch import Tensor

from fieldlink.nerf.fitting.ray_batches import RayBatch

WARM = 3  # steps before the capture, as torch asks for

Step = Callable[[RayBatch], Float[Tensor, " nerf"]]


class Graphed:
    """`step`, which moves `weights` by `adam`, captured once; weights and optimiser are left as they were."""

    def __init__(
        self, step: Step, batch: RayBatch, weights: Float[Tensor, "nerf weight"], adam: torch.optim.Adam
    ) -> None:
        self.given = RayBatch(*(getattr(batch, part.name).clone() for part in fields(RayBatch)))
        start, beside, here = weights.detach().clone(), torch.cuda.Stream(), torch.cuda.current_stream()
        beside.wait_stream(here)
        with torch.cuda.stream(beside):
            for _ in range(WARM):
                step(self.given)
        here.wait_stream(beside)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.losses = step(self.given)
        with torch.no_grad():
            weights.copy_(start)
        for value in adam.state[weights].values():
            value.zero_()

    def __call__(self, batch: RayBatch) -> Float[Tensor, " nerf"]:
        for part in fields(RayBatch):
            getattr(self.given, part.name).copy_(getattr(batch, part.name))
        self.graph.replay()
        return self.losses
