"""Trainings of fine-tuning and their results, and NeRFs to embed with fine-tuned encoders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from fieldlink.core.params import FinetuningParams, Nf2vecParams, Objective
from fieldlink.core.variants import Variant
from fieldlink.finetuning.objectives import OBJECTIVES
from fieldlink.mapper.mapper_tasks import MapperResult, MapperRun

if TYPE_CHECKING:
    from fieldlink.nerf.object_cameras import ObjectCameras

Tensors = Mapping[str, Float[np.ndarray, "..."]]


@dataclass(frozen=True)
class SavedNf2vec:
    """nf2vec as a model folder has it, for workers."""

    tensors: dict[str, np.ndarray]
    config: dict[str, Any]

    @property
    def has_own_cameras(self) -> bool:
        """Whether the rays that it reconstructs come from the cameras of the NeRFs' objects."""
        return Nf2vecParams.model_validate(self.config["nf2vec"], strict=False).has_own_cameras


@dataclass(frozen=True)
class NerfExamples:
    """NeRFs as dataset `nerfs` has them, and the CLIP vectors they should be mapped to."""

    weights: Float[np.ndarray, "nerf number"]
    occupancy: Sequence[bytes]
    clip: Float[np.ndarray, "nerf clip"]
    cameras: "ObjectCameras | None" = None  # where rays are drawn from the objects' own


@dataclass(frozen=True)
class FinetuningResult:
    """The models of a run at its best check. `mapper`: a stack of one, with the history of the run."""

    nf2vec: SavedNf2vec
    mapper: MapperResult


@dataclass(frozen=True)
class FinetuningTask:
    """One run of an objective and a training seed."""

    objective: Objective
    seed: int
    nf2vec: SavedNf2vec  # the trained one
    mapper: Tensors  # of the trained nerf2clip, a stack of one
    train: NerfExamples
    validation: NerfExamples
    finetuning: FinetuningParams
    study_seed: int
    device: str = "cpu"

    @property
    def mapper_run(self) -> MapperRun:
        """The mapper that the run trains."""
        return MapperRun(finetuned_variant_text(self.objective), OBJECTIVES[self.objective].loss, self.seed)

    @property
    def batch(self) -> int:
        """NeRFs a step: to reconstruct them takes more memory."""
        reconstructs = OBJECTIVES[self.objective].reconstructs
        return self.finetuning.batch if reconstructs else self.finetuning.mapping_batch


@dataclass(frozen=True)
class FinetunedVectors:
    """What a fine-tuned encoder E and its mapper g give for NeRFs w, and the decoder's quality."""

    embeddings: Float[np.ndarray, "nerf embedding"]  # E(w)
    mapped: Float[np.ndarray, "nerf clip"]  # g(E(w))
    psnr: float  # dB, of the decoder, mean over a few NeRFs


@dataclass(frozen=True)
class EmbeddingTask:
    """NeRFs to embed with the models of one run, and a few whose decoding is measured."""

    nf2vec: SavedNf2vec
    mapper: Tensors  # a stack of one
    weights: Float[np.ndarray, "nerf number"]
    decoded_weights: Float[np.ndarray, "decoded number"]
    decoded_occupancy: Sequence[bytes]
    seed: int  # of the rays along which the decoder is measured
    device: str = "cpu"


def finetuned_variant_text(objective: Objective) -> str:
    """The text of the variant of an objective's models."""
    return Variant(objective=objective).text
