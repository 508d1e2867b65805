"""Are the models' weights on this machine? If not, the finding says which command fetches them."""

from pathlib import Path

import numpy as np
import torch

from fieldlink.clip import custom_encoders, pretrained, small_clip
from fieldlink.clip.encoders import ClipEncoder
from fieldlink.clip.interface import JointEncoder
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.preflight.findings import Finding
from fieldlink.preflight.packaged import packaged
from fieldlink.preflight.timing import one_thread, timed
from fieldlink.syn2real.controlnet import ControlNetTranslator

PICTURES = 8  # embedded for the measurement


def clip(params: Params) -> tuple[Finding, JointEncoder | None]:
    """The study's CLIP, loaded; where the study trains one, an untrained one of its sizes."""
    section, device = params.clip, params.runtime.device
    try:
        if section.source == "module":
            weights = None if section.pretrained == custom_encoders.NONE else Path(section.pretrained)
            encoder = custom_encoders.loaded(section.model, weights, device)
        elif section.source == "open_clip":
            model = pretrained.fetch(section.model, section.pretrained)
            encoder = ClipEncoder(model.model, model.tokenizer, device)
        else:
            encoder = ClipEncoder(*small_clip.untrained(section.network, params.study.seed), device)
    except InputError as error:
        return Finding("clip", "missing", str(error)), None
    detail = section.source if section.source == "train" else f"{section.model}, {section.pretrained}"
    return Finding("clip", "ok", detail), encoder


def pictures_per_second(encoder: JointEncoder, resolution: int, device: str) -> float:
    """Pictures of `resolution` pixels a side that one worker embeds in a second, after a first one as warm-up."""
    random = np.random.default_rng(0)
    pictures = list(random.integers(0, 256, (PICTURES, resolution, resolution, 3), np.uint8))
    with one_thread():
        encoder.images(pictures[:1], 1)
        return PICTURES / timed(lambda: encoder.images(pictures, PICTURES), device)[1]


def translator(params: Params) -> tuple[list[Finding], ControlNetTranslator | None]:
    """The diffusion model of translated views, on the GPU if there is one; none for the procedural translator."""
    if params.syn2real.translator != "controlnet":
        return [], None
    control, device = params.syn2real.controlnet, "cuda" if torch.cuda.is_available() else "cpu"
    try:
        section = control.model_copy(update={"prompts": packaged(control.prompts)})
        diffusion = ControlNetTranslator.load(section, params.classes, device)
    except InputError as error:
        return [Finding("syn2real", "missing", str(error))], None
    return [Finding("syn2real", "ok", control.model)], diffusion
