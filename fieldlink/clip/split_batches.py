"""A training step of CLIP on parts of its batch in parallel.

A small network's operations are too short to be divided among threads: two half batches on one thread each take 43 ms,
two threads in every operation 45 ms; on slower cores 64 and 77 ms.
"""

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import torch
from jaxtyping import Float, Int
from torch import Tensor

from fieldlink.clip.quick_open_clip import open_clip

Embeddings = tuple[Tensor, Tensor]  # embeddings of the batch's pictures and captions, unit length
Images = Float[Tensor, "picture 3 side side"]
Tokens = Int[Tensor, "picture token"]


class Replicas:
    """Copies of a model that share its weights; each has batch statistics of its own part. A context manager."""

    def __init__(self, model: open_clip.CLIP, parts: int) -> None:
        self.learned = [weights for weights in model.parameters() if weights.requires_grad]
        self.models = [model, *(_copy_sharing_weights(model) for _ in range(parts - 1))]

    def __enter__(self) -> "Replicas":
        self.caller_threads = torch.get_num_threads()
        torch.set_num_threads(1)  # idle helpers of the caller's operations would wait in a loop, on the same cores
        self.threads = ThreadPoolExecutor(len(self.models), initializer=torch.set_num_threads, initargs=(1,))
        return self

    def __exit__(self, *error: object) -> None:
        self.threads.shutdown()
        torch.set_num_threads(self.caller_threads)

    def backward(self, images: Images, tokens: Tokens, loss: Callable[[Tensor, Tensor], Tensor]) -> float:
        """Set the weights' gradients of `loss`, a function of the whole batch's embeddings, and return its value."""
        parts = len(self.models)
        embeddings = list(self.threads.map(_embedded, self.models, images.chunk(parts), tokens.chunk(parts)))
        whole = [torch.cat(part).detach().requires_grad_() for part in zip(*embeddings, strict=True)]
        value = loss(*whole)
        image, text, *direct = torch.autograd.grad(value, [*whole, *self.learned], allow_unused=True)
        slopes = zip(image.chunk(parts), text.chunk(parts), strict=True)
        for gradients in (direct, *self.threads.map(self._gradients, embeddings, slopes)):  # direct: the logits' scale
            for weights, gradient in zip(self.learned, gradients, strict=True):
                if gradient is not None:
                    _add(weights, gradient)
        return value.item()

    def _gradients(self, embeddings: Embeddings, slopes: Embeddings) -> tuple[Tensor | None, ...]:
        return torch.autograd.grad(embeddings, self.learned, slopes, allow_unused=True)


def _copy_sharing_weights(model: open_clip.CLIP) -> open_clip.CLIP:
    """A copy with its own buffers and the weights of `model`."""
    return copy.deepcopy(model, {id(weights): weights for weights in model.parameters()})


def _embedded(model: open_clip.CLIP, images: Images, tokens: Tokens) -> Embeddings:
    return model.encode_image(images, normalize=True), model.encode_text(tokens, normalize=True)


def _add(weights: Tensor, gradient: Tensor) -> None:
    """Add in the weights' memory layout: the fused optimizer ignores strides."""
    if weights.grad is None:
        weights.grad = torch.zeros_like(weights)
    weights.grad += gradient
