"""params.yaml as strict, frozen, typed objects: an unknown, missing or mistyped key is an error that names it.

Each section of params.yaml is a class here, with the same comments. No field has a default: params.yaml is the whole
truth of what ran.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from fieldlink.core.params.baselines import (
    NERF_EMBEDDING_TITLES,
    BaselinesParams,
    FunctaParams,
    NerfEmbeddingParams,
    NerfEmbeddingsParams,
    PcaParams,
)
from fieldlink.core.params.clip import ClipNetworkParams, ClipParams, ClipPicturesParams, ClipSource, ClipTrainingParams
from fieldlink.core.params.cross_checks import contradictions
from fieldlink.core.params.embedding_spaces import EmbeddingSpacesParams, HeadsParams
from fieldlink.core.params.finetuning import FinetuningParams, Objective
from fieldlink.core.params.generation import GenerationParams
from fieldlink.core.params.mapper import (
    LOSS_TITLES,
    NORM_FREE,
    AugmentedParams,
    CaptionsParams,
    Loss,
    MapperParams,
    RetrievalParams,
    ZeroShotParams,
)
from fieldlink.core.params.nerf import (
    Encoding,
    FieldParams,
    FittingParams,
    HashGridParams,
    NerfParams,
    RenderingParams,
    StartParams,
)
from fieldlink.core.params.nf2vec import ImportedParams, Nf2vecParams, Nf2vecTrainingParams
from fieldlink.core.params.scenes import PhotoSource, PhotosParams, SceneSource, ScenesParams, SplitParams
from fieldlink.core.params.strict_yaml import StrictModel, read_yaml
from fieldlink.core.params.study import ClaimsParams, IntervalsParams, ObjectClass, RuntimeParams, StudyParams
from fieldlink.core.params.syn2real import TRANSLATOR_TITLES, ControlNetParams, Syn2realParams, Translator
from fieldlink.core.params.value_types import Natural, Share

__all__ = [
    "LOSS_TITLES",
    "NERF_EMBEDDING_TITLES",
    "NORM_FREE",
    "TRANSLATOR_TITLES",
    "AugmentedParams",
    "BaselinesParams",
    "CaptionsParams",
    "ClaimsParams",
    "ClipNetworkParams",
    "ClipParams",
    "ClipPicturesParams",
    "ClipSource",
    "ClipTrainingParams",
    "ControlNetParams",
    "EmbeddingSpacesParams",
    "Encoding",
    "FieldParams",
    "FinetuningParams",
    "FittingParams",
    "FunctaParams",
    "GenerationParams",
    "HashGridParams",
    "HeadsParams",
    "ImportedParams",
    "IntervalsParams",
    "Loss",
    "MapperParams",
    "Natural",
    "NerfEmbeddingParams",
    "NerfEmbeddingsParams",
    "NerfParams",
    "Nf2vecParams",
    "Nf2vecTrainingParams",
    "ObjectClass",
    "Objective",
    "Params",
    "PcaParams",
    "PhotoSource",
    "PhotosParams",
    "RenderingParams",
    "RetrievalParams",
    "RuntimeParams",
    "SceneSource",
    "ScenesParams",
    "Share",
    "SplitParams",
    "StartParams",
    "StrictModel",
    "StudyParams",
    "Syn2realParams",
    "Translator",
    "ZeroShotParams",
    "load",
    "read_yaml",
]

Prompt = Annotated[str, Field(pattern=r"^[^{}]*\{noun\}[^{}]*$")]


class Params(StrictModel):
    study: StudyParams  # what all stages share
    runtime: RuntimeParams  # where stages compute; only the precision moves a result by more than its last digits
    classes: Annotated[dict[str, ObjectClass], Field(min_length=2)]  # object classes, in the order of their labels
    scenes: ScenesParams  # objects and their posed views
    photos: PhotosParams  # queries from the real domain
    clip: ClipParams  # joint embedding of pictures and texts
    # templates by name; {noun} is a class's noun, with its article
    prompts: Annotated[dict[str, Prompt], Field(min_length=1)]
    nerf: NerfParams  # one small field per object, all of one architecture
    nf2vec: Nf2vecParams  # autoencoder from a NeRF's weights to its radiance
    imported: ImportedParams  # models that were made elsewhere, or the code here that makes them
    mapper: MapperParams  # MLPs between embeddings of NeRFs and of CLIP: AdamW, one cycle of the learning rate
    zero_shot: ZeroShotParams  # classification of NeRFs by text prompts
    retrieval: RetrievalParams  # retrieval of NeRFs by views and photos
    captions: CaptionsParams  # mappers trained on captions in place of views
    embedding_spaces: EmbeddingSpacesParams  # what the spaces of nf2vec and CLIP hold of an object
    augmented: AugmentedParams  # mappers trained with and without augmented copies
    finetuning: FinetuningParams  # nf2vec's encoder trained on together with nerf2clip
    syn2real: Syn2realParams  # mappers trained on views that look like photos
    generation: GenerationParams  # NeRFs decoded from views, captions and photos
    baselines: BaselinesParams  # other embeddings of NeRFs, and CLIP without NeRFs
    intervals: IntervalsParams  # confidence intervals of the tables' numbers
    claims: ClaimsParams  # verdicts on the published claims

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Params":
        if wrong := contradictions(self):
            raise ValueError("; ".join(wrong))
        return self


def load(path: Path) -> Params:
    """Read and check params.yaml; raises `InputError` with every wrong key, its value and what was expected."""
    return read_yaml(path, Params)
