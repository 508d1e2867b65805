"""A step of a fit as one CUDA graph: without it, a GPU waits for each small operation to be started."""

from collections.abc import Callable, Sequence
from dataclasses import fields

import torch
from jaxtyping import Float
from torch import Tensor

from fieldlink.nerf.fitting.ray_batches import RayBatch

WARM_UP_STEPS = 3  # before the capture, which torch requires

Step = Callable[[RayBatch], Float[Tensor, " nerf"]]


class GraphedStep:
    """A step of `optimizers`, captured once; the capture leaves their weights and their states unchanged."""

    def __init__(self, step: Step, batch: RayBatch, optimizers: Sequence[torch.optim.Optimizer]) -> None:
        self.inputs = RayBatch(*(getattr(batch, part.name).clone() for part in fields(RayBatch)))
        weights = [part for optimizer in optimizers for group in optimizer.param_groups for part in group["params"]]
        starts = [part.detach().clone() for part in weights]
        side_stream, stream = torch.cuda.Stream(), torch.cuda.current_stream()
        side_stream.wait_stream(stream)
        with torch.cuda.stream(side_stream):
            for _ in range(WARM_UP_STEPS):
                step(self.inputs)
        stream.wait_stream(side_stream)
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.losses = step(self.inputs)
        with torch.no_grad():
            for part, start in zip(weights, starts, strict=True):
                part.copy_(start)
        for optimizer in optimizers:
            for state in optimizer.state.values():
                for value in state.values():
                    value.zero_()

    def __call__(self, batch: RayBatch) -> Float[Tensor, " nerf"]:
        for part in fields(RayBatch):
            getattr(self.inputs, part.name).copy_(getattr(batch, part.name))
        self.graph.replay()
        return self.losses
