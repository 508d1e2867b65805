"""Are the models' weights on this machine? If not: the command that fetches them."""

import time
from pathlib import Path

import numpy as np

from stages.clip import elsewhere, pretrained, small
from stages.clip.encoders import Encoder
from stages.clip.interface import JointEncoder
from stages.errors import InputError
from stages.params import Params
from stages.readiness.findings import Finding
from stages.syn2real import controlnet

PICTURES = 8  # embedded to see how fast that goes


def clip(params: Params) -> tuple[Finding, JointEncoder | None]:
    """The study's CLIP, loaded; a small one at its random start where it will be trained."""
    how, device = params.clip, params.runtime.device
    try:
        if how.source == "module":
            weights = None if how.pretrained == elsewhere.NONE else Path(how.pretrained)
            encoder = elsewhere.loaded(how.model, weights, device)
        elif how.source == "open_clip":
            taken = pretrained.fetch(how.model, how.pretrained)
            encoder = Encoder(taken.model, taken.tokenizer, device)
        else:
            encoder = Encoder(*small.untrained(how.network, params.study.seed), device)
    except InputError as error:
        return Finding("clip", "missing", str(error)), None
    return Finding("clip", "ok", how.source if how.source == "train" else f"{how.model}, {how.pretrained}"), encoder


def images_per_second(encoder: JointEncoder, side: int) -> float:
    """Pictures of `side` pixels embedded in a second, after a first one that isn't timed."""
    pictures = list(np.random.default_rng(0).integers(0, 256, (PICTURES, side, side, 3), np.uint8))
    encoder.images(pictures[:1], 1)
    started = time.perf_counter()
    encoder.images(pictures, PICTURES)
    return PICTURES / (time.perf_counter() - started)


def translator(params: Params) -> list[Finding]:
    """The diffusion model of the translated views, where one is asked for."""
    if params.syn2real.translator != "controlnet":
        return []
    try:
        controlnet.pipeline(params.syn2real.controlnet, "cpu")
    except InputError as error:
        return [Finding("syn2real", "missing", str(error))]
    return [Finding("syn2real", "ok", params.syn2real.controlnet.model)]
