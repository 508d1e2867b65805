"""Stable Diffusion with a depth ControlNet. The one import of diffusers.

All weights are read from this machine: nothing is downloaded.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import UInt8
from PIL import Image

from fieldlink.core.errors import InputError
from fieldlink.core.params import ControlNetParams, read_yaml
from fieldlink.core.seeds import seed_of
from fieldlink.scenes.views import Views
from fieldlink.syn2real.depth_control import control_image
from fieldlink.syn2real.diffusion_prompts import DiffusionPrompts
from fieldlink.syn2real.loaded_translator import TranslatedPicture

INSTALL = "pip install -e '.[syn2real]'"


@dataclass(frozen=True)
class ControlNetTranslator:
    """Member `controlnet` of the registry of translators."""

    pipe: Any  # a loaded pipeline, which stays in its process
    params: ControlNetParams
    prompts: DiffusionPrompts
    name: str = "controlnet"

    @classmethod
    def load(cls, params: ControlNetParams, class_names: Collection[str], device: str) -> "ControlNetTranslator":
        """Raises `InputError` for a class without prompts, missing packages or missing weights."""
        prompts = read_yaml(params.prompts, DiffusionPrompts)
        prompts.check(class_names, str(params.prompts))
        return cls(pipeline(params, device), params, prompts)

    def settings(self) -> dict[str, Any]:
        return {"controlnet": self.params.model_dump(), "prompts": self.prompts.model_dump()}

    def pictures(self, views: Views, class_name: str, seeds: list[int]) -> Iterator[TranslatedPicture]:
        """A picture of each view with its prompt, steered by the view's depth."""
        assert views.depth is not None
        for depth, seed in zip(views.depth, seeds, strict=True):
            prompt = self.prompts.of(class_name, seed_of(seed, "prompt"))
            control = control_image(depth, self.params.size)
            yield translate(self.pipe, control, prompt, self.prompts.negative, self.params, seed), prompt


def pipeline(params: ControlNetParams, device: str) -> Any:
    """The pipeline with UniPC and without safety checker; `InputError` says what to install or to download."""
    try:
        import accelerate as _  # noqa: F401  the pipeline needs it
        import transformers
        from diffusers.models.controlnets.controlnet import ControlNetModel
        from diffusers.pipelines.controlnet.pipeline_controlnet import StableDiffusionControlNetPipeline
        from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler
        from diffusers.utils import logging
    except ImportError as error:
        raise InputError(f"syn2real.translator: controlnet needs more packages ({error}); {INSTALL}") from error
    logging.disable_progress_bar()
    transformers.utils.logging.disable_progress_bar()
    control = _loaded(ControlNetModel, "controlnet", params)
    pipe = _loaded(StableDiffusionControlNetPipeline, "model", params, controlnet=control, safety_checker=None)
    pipe.scheduler = UniPCMultistepScheduler.from_config(pipe.scheduler.config)
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(device)


def translate(
    pipe: Any,
    control: UInt8[np.ndarray, "size size 3"],
    prompt: str,
    negative: str,
    params: ControlNetParams,
    seed: int,
) -> UInt8[np.ndarray, "size size 3"]:
    """One picture, from its own CPU generator. Pictures are not batched: batches would change the last bits."""
    result = pipe(
        prompt,
        image=Image.fromarray(control),
        negative_prompt=negative,
        height=params.size,
        width=params.size,
        num_inference_steps=params.steps,
        guidance_scale=params.guidance,
        generator=torch.Generator("cpu").manual_seed(seed),
        output_type="np",
    )
    return (255 * result.images[0] + 0.5).clip(0, 255).astype(np.uint8)


def _loaded(kind: Any, part: str, params: ControlNetParams, **options: Any) -> Any:
    name = getattr(params, part)
    try:
        dtype = getattr(torch, params.precision)
        return kind.from_pretrained(name, local_files_only=True, use_safetensors=True, dtype=dtype, **options)
    except Exception as error:  # diffusers, its hub and safetensors raise exceptions of any kind
        reason = str(error).strip().partition("\n")[0]
        raise InputError(
            f"syn2real.controlnet.{part}: {name} cannot be loaded from this machine ({reason}); expected a folder of"
            f" diffusers weights, or an id that was downloaded once with `hf download {name}`"
        ) from error
