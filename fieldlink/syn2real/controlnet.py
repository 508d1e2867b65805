"""Stable Diffusion steered by depth maps. The door to diffusers.

Everything is read from this machine: nothing is ever downloaded here.
"""

from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8
from PIL import Image

from fieldlink.core.errors import InputError
from fieldlink.core.params import ControlNetParams

INSTALL = "pip install -e '.[syn2real]'"


def pipeline(how: ControlNetParams, device: str) -> Any:
    """The pipeline with UniPC and without safety checker; `InputError` says what to install or to download."""
    try:
        import accelerate as _  # noqa: F401  what else the pipeline needs
        import transformers
        from diffusers.models.controlnets.controlnet import ControlNetModel
        from diffusers.pipelines.controlnet.pipeline_controlnet import StableDiffusionControlNetPipeline
        from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler
        from diffusers.utils import logging
    except ImportError as error:
        raise InputError(f"syn2real.translator: controlnet needs more packages ({error}); {INSTALL}") from error
    logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()
    control = _loaded(ControlNetModel, "controlnet", how)
    pipe = _loaded(StableDiffusionControlNetPipeline, "model", how, controlnet=control, safety_checker=None)
    pipe.scheduler = UniPCMultistepScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(device)


def translate(
    pipe: Any, control: UInt8[np.ndarray, "size size 3"], prompt: str, negative: str, how: ControlNetParams, seed: int
) -> UInt8[np.ndarray, "size size 3"]:
    """One picture. Each is made by itself, from a CPU generator of its own: batches would change the last bits."""
    made = pipe(
        prompt,
        image=Image.fromarray(control),
        negative_prompt=negative,
        height=how.size,
        width=how.size,
        num_inference_steps=how.steps,
        guidance_scale=how.guidance,
        generator=torch.Generator("cpu").manual_seed(seed),
        output_type="np",
    )
    return (255 * made.images[0] + 0.5).clip(0, 255).astype(np.uint8)


def _loaded(kind: Any, part: str, how: ControlNetParams, **more: Any) -> Any:
    name = getattr(how, part)
    try:
        dtype = getattr(torch, how.precision)
        return kind.from_pretrained(name, local_files_only=True, use_safetensors=True, dtype=dtype, **more)
    except Exception as error:  # diffusers, its hub and safetensors raise what they like
        reason = str(error).strip().partition("\n")[0]
        raise InputError(
            f"syn2real.controlnet.{part}: {name} cannot be loaded from this machine ({reason}); expected a folder of"
            f" diffusers weights, or an id that was downloaded once with `hf download {name}`"
        ) from error
