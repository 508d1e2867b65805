"""params.yaml as strict, frozen, typed objects: an unknown, missing or mistyped key is an error that names it.

Each section of params.yaml is a class here, with the same comments. No field has a default: params.yaml is the whole
truth of what ran. An encoding's section alone may be left out, where `nerf.field.encoding` names another.
"""

from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.params.all_params import Params
from fieldlink.core.params.baselines import (
    BaselinesParams,
    NerfEmbeddingParams,
    NerfEmbeddingsParams,
)
from fieldlink.core.params.clip import ClipNetworkParams, ClipParams, ClipPicturesParams, ClipSource, ClipTrainingParams
from fieldlink.core.params.cross_checks import contradictions
from fieldlink.core.params.embedding_spaces import EmbeddingSpacesParams, HeadsParams
from fieldlink.core.params.finetuning import FinetuningParams, Objective
from fieldlink.core.params.generation import GenerationParams
from fieldlink.core.params.mapper import (
    AugmentedParams,
    CaptionsParams,
    Loss,
    MapperParams,
    RetrievalParams,
    ZeroShotParams,
)
from fieldlink.core.params.nerf import (
    EncodingName,
    FieldParams,
    FittingParams,
    NerfParams,
    RenderingParams,
    StartParams,
)
from fieldlink.core.params.nf2vec import ImportedParams, Nf2vecParams, Nf2vecTrainingParams, is_imported
from fieldlink.core.params.scenes import PhotoSource, PhotosParams, SceneSource, ScenesParams, SplitParams
from fieldlink.core.params.strict_yaml import StrictModel, read_yaml
from fieldlink.core.params.study import ClaimsParams, IntervalsParams, ObjectClass, RuntimeParams, StudyParams
from fieldlink.core.params.syn2real import ControlNetParams, Syn2realParams, Translator
from fieldlink.core.params.value_types import Natural, Share

__all__ = [
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
    "EncodingName",
    "FieldParams",
    "FinetuningParams",
    "FittingParams",
    "GenerationParams",
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
    "is_imported",
    "load",
    "read_yaml",
]


def load(path: Path) -> Params:
    """Read and check params.yaml. Raises `InputError` with every wrong key, its value and what was expected."""
    params = read_yaml(path, Params)
    if wrong := contradictions(params):
        raise InputError(f"{path}: {'; '.join(wrong)}")
    return params
