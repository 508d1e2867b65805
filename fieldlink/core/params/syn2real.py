"""Parameters of views that are translated to look like photos."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat

from fieldlink.core.params.mapper import Loss
from fieldlink.core.params.strict_yaml import StrictModel
from fieldlink.core.params.value_types import Count, Several, ViewCount

Translator = Literal["procedural", "controlnet"]  # a test compares it with the registry of translators


class ControlNetParams(StrictModel):
    model: str  # Stable Diffusion: a folder, or an id whose weights are on this machine
    controlnet: str  # the same for the ControlNet
    prompts: Path  # file of prompts per class
    size: Annotated[int, Field(ge=64, le=4096, multiple_of=8)]  # pixels, width and height of a picture, a multiple of 8
    steps: Count  # steps of the sampler, UniPC
    guidance: PositiveFloat  # scale of classifier-free guidance
    precision: Literal["float16", "bfloat16", "float32"]  # precision: float16 or bfloat16 (cuda), or float32


class Syn2realParams(StrictModel):
    # procedural, or controlnet (Stable Diffusion with a depth ControlNet)
    translator: Translator
    views: ViewCount  # translated views per object, those of its largest silhouettes
    gt_views: Literal["random", "same"]  # ground-truth views beside them: random (as many), or same
    views_per_epoch: ViewCount  # pairs per object and epoch, about the same share as mapper.views_per_epoch
    losses: Several[Loss]  # losses of both mappers, of those that retrieval.losses may name
    controlnet: ControlNetParams  # Stable Diffusion, its ControlNet and its sampler; unread for translator procedural
