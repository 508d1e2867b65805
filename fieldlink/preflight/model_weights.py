"""Are the models' weights on this machine? If not, the finding says which command fetches them."""

import numpy as np
import torch

from fieldlink.clip.clip_sources import clip_source
from fieldlink.clip.interface import JointEncoder
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.preflight.findings import Finding
from fieldlink.preflight.packaged import packaged
from fieldlink.preflight.timing import one_thread, timed
from fieldlink.syn2real.loaded_translator import LoadedTranslator
from fieldlink.syn2real.translators import translator_entry

PICTURES = 8  # embedded for the measurement


def clip(params: Params) -> tuple[Finding, JointEncoder | None]:
    """The study's CLIP, loaded; where the study trains one, an untrained one of its sizes."""
    section, source = params.clip, clip_source(params.clip.source)
    try:
        encoder = source.encoder(params)
    except InputError as error:
        return Finding("clip", "missing", str(error)), None
    detail = section.source if source.trains else f"{section.model}, {section.pretrained}"
    return Finding("clip", "ok", detail), encoder


def pictures_per_second(encoder: JointEncoder, resolution: int, device: str) -> float:
    """Pictures of `resolution` pixels a side that one worker embeds in a second, after a first one as warm-up."""
    random = np.random.default_rng(0)
    pictures = list(random.integers(0, 256, (PICTURES, resolution, resolution, 3), np.uint8))
    with one_thread():
        encoder.images(pictures[:1], 1)
        return PICTURES / timed(lambda: encoder.images(pictures, PICTURES), device)[1]


def translator(params: Params) -> tuple[list[Finding], LoadedTranslator | None]:
    """The translator of views, on the GPU if there is one, and a finding if it has weights."""
    name, device = params.syn2real.translator, "cuda" if torch.cuda.is_available() else "cpu"
    entry = translator_entry(name)
    try:
        loaded = entry.load(_with_packaged_prompts(params), params.classes, device)
    except InputError as error:
        return [Finding("syn2real", "missing", str(error))], None
    return [Finding("syn2real", "ok", entry.title)] if entry.one_process else [], loaded


def _with_packaged_prompts(params: Params) -> Params:
    syn2real, control = params.syn2real, params.syn2real.controlnet
    control = control.model_copy(update={"prompts": packaged(control.prompts)})
    return params.model_copy(update={"syn2real": syn2real.model_copy(update={"controlnet": control})})
