"""What is to be fine-tuned, so that a worker process can, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.params import FinetuningParams, Objective
from fieldlink.finetuning.objectives import TERMS

Tensors = Mapping[str, Float[np.ndarray, "..."]]


@dataclass(frozen=True)
class NerfExamples:
    """NeRFs as dataset `nerfs` has them, and the CLIP vectors they should be mapped to."""

    weights: Float[np.ndarray, "nerf number"]
    occupancy: list[bytes]
    clip: Float[np.ndarray, "nerf clip"]


@dataclass(frozen=True)
class FinetuningTask:
    """One run: all that decides it, so that a worker process can."""

    objective: Objective
    seed: int
    nf2vec: tuple[dict[str, np.ndarray], dict[str, Any]]  # tensors and config of the trained one
    mapper: Tensors  # of the trained nerf2clip, a stack of one
    train: NerfExamples
    validation: NerfExamples
    others: Float[np.ndarray, "nerf number"]  # to be embedded in the end
    how: FinetuningParams
    study_seed: int
    device: str = "cpu"

    @property
    def variant(self) -> str:
        return f"finetuned {self.objective}"

    @property
    def batch(self) -> int:
        """NeRFs a step: to reconstruct them takes more memory."""
        return self.how.batch if TERMS[self.objective].reconstructs else self.how.mapping_batch


@dataclass(frozen=True)
class FinetuningResult:
    """What a run gave: everything is that of its best check."""

    nf2vec: tuple[dict[str, np.ndarray], dict[str, Any]]  # tensors and config
    mapper: Tensors  # a stack of one
    embeddings: Float[np.ndarray, "nerf embedding"]  # of the task's `others`
    mapped: Float[np.ndarray, "nerf clip"]
    best_step: int
    curve: Float[np.ndarray, "check 3"]  # step, mean mapping loss since the last check, validation's
    psnr: float  # dB, of the decoder on a few validation NeRFs


def train(task: FinetuningTask) -> FinetuningResult:
    """In a worker, which alone imports torch."""
    from fieldlink.finetuning.finetune import finetune

    return finetune(task)
