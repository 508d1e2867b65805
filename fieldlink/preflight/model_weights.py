"""Are the models' weights on this machine? If not: the command that fetches them."""

from pathlib import Path

import numpy as np
import torch

from fieldlink.clip import custom_encoders, pretrained, small_clip
from fieldlink.clip.encoders import ClipEncoder
from fieldlink.clip.interface import JointEncoder
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params, read_yaml
from fieldlink.preflight.findings import Finding
from fieldlink.preflight.timing import one_thread, timed
from fieldlink.syn2real import controlnet
from fieldlink.syn2real.class_prompts import DiffusionPrompts
from fieldlink.syn2real.translation_work import Diffusion

PICTURES = 8  # embedded to see how fast that goes


def clip(params: Params) -> tuple[Finding, JointEncoder | None]:
    """The study's CLIP, loaded; a small one at its random start where it will be trained."""
    how, device = params.clip, params.runtime.device
    try:
        if how.source == "module":
            weights = None if how.pretrained == custom_encoders.NONE else Path(how.pretrained)
            encoder = custom_encoders.loaded(how.model, weights, device)
        elif how.source == "open_clip":
            taken = pretrained.fetch(how.model, how.pretrained)
            encoder = ClipEncoder(taken.model, taken.tokenizer, device)
        else:
            encoder = ClipEncoder(*small_clip.untrained(how.network, params.study.seed), device)
    except InputError as error:
        return Finding("clip", "missing", str(error)), None
    return Finding("clip", "ok", how.source if how.source == "train" else f"{how.model}, {how.pretrained}"), encoder


def images_per_second(encoder: JointEncoder, side: int, device: str) -> float:
    """Pictures of `side` pixels that one worker embeds in a second, after a first one that isn't timed."""
    pictures = list(np.random.default_rng(0).integers(0, 256, (PICTURES, side, side, 3), np.uint8))
    with one_thread():
        encoder.images(pictures[:1], 1)
        return PICTURES / timed(lambda: encoder.images(pictures, PICTURES), device)[1]


def translator(params: Params) -> tuple[list[Finding], Diffusion | None]:
    """The diffusion model of the translated views, where one is asked for, on the device if that is there."""
    if params.syn2real.translator != "controlnet":
        return [], None
    how, device = params.syn2real.controlnet, "cuda" if torch.cuda.is_available() else "cpu"
    try:
        prompts = read_yaml(how.prompts, DiffusionPrompts)
        prompts.check(params.classes, str(how.prompts))
        diffusion = Diffusion(controlnet.pipeline(how, device), how, prompts, {})
    except InputError as error:
        return [Finding("syn2real", "missing", str(error))], None
    return [Finding("syn2real", "ok", how.model)], diffusion
