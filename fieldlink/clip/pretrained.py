"""Published CLIP models: any name of open_clip with one of its tags, or with a checkpoint file; or a folder.

    <folder>/open_clip_config.json          {"model_cfg": …, "preprocess_cfg": …}, as open_clip and the hub have it
    <folder>/open_clip_model.safetensors    or open_clip_pytorch_model.bin
    <folder>/tokenizer.json, …              where the model has a tokenizer of its own (SigLIP's; needs `transformers`)

The folder is the door for machines without a network. It says all of the model, clip.model is then only its name.
"""

import json
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import open_clip
from torch import nn

from fieldlink.clip.model_folders import CONFIG
from fieldlink.core.errors import InputError


class PretrainedClip(NamedTuple):
    model: nn.Module
    model_cfg: dict[str, Any]
    preprocess_cfg: dict[str, Any]
    tokenizer: Any


def fetch(model: str, pretrained: str) -> PretrainedClip:
    """Load `model` with the weights of `pretrained`, a tag whose weights are on this machine, a file or a folder.

    A file says nothing of its pictures: they are prepared as for the model's published weights (OpenAI's if it has
    them), which matters for SigLIP and others that don't use OpenAI's mean and standard deviation.
    """
    if Path(pretrained).is_dir():
        return _of_folder(Path(pretrained))
    description = open_clip.get_model_config(model)
    tags = open_clip.list_pretrained_tags_by_model(model)
    if description is None:
        raise InputError(f"clip.model: open_clip knows no {model!r}, see open_clip.list_models()")
    if pretrained not in tags and not Path(pretrained).is_file():
        raise InputError(f"clip.pretrained: {pretrained!r} is no file, no folder and none of {model}'s tags {tags}")
    published = pretrained if pretrained in tags else next(iter(["openai"] if "openai" in tags else tags), None)
    preprocessing = _preprocessing(model, published) if published else {}
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="QuickGELU mismatch")
            loaded: Any = open_clip.create_model(
                model, pretrained, require_pretrained=True, force_preprocess_cfg=preprocessing
            )
        return PretrainedClip(loaded, description, loaded.visual.preprocess_cfg, open_clip.get_tokenizer(model))
    except UserWarning as warning:
        raise InputError(f"clip.model: {warning} Expected {model}-quickgelu, or another tag") from warning
    except Exception as error:  # open_clip, torch and safetensors raise what they like
        raise InputError(_advice(model, pretrained, error)) from error


def _of_folder(folder: Path) -> PretrainedClip:
    config, name = folder / CONFIG, f"local-dir:{folder}"
    try:
        description = json.loads(config.read_text(encoding="utf-8"))["model_cfg"]
        loaded: Any = open_clip.create_model(name, require_pretrained=True)  # without it weights may be random
        return PretrainedClip(loaded, description, loaded.visual.preprocess_cfg, open_clip.get_tokenizer(name))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{config}: expected open_clip's description of a model ({error})") from error
    except Exception as error:  # open_clip, torch and safetensors raise what they like
        raise InputError(f"{folder}: expected weights of the model that {CONFIG} describes ({error})") from error


def _preprocessing(model: str, tag: str) -> dict[str, Any]:
    published = open_clip.get_pretrained_cfg(model, tag)
    return {key: published[key] for key in ("mean", "std", "interpolation", "resize_mode") if key in published}


def _advice(model: str, pretrained: str, error: Exception) -> str:
    reason = str(error).partition("\n")[0]
    if Path(pretrained).is_file():
        return f"{pretrained}: not a state dict of {model} that open_clip can load ({reason})"
    load = f"open_clip.create_model({model!r}, {pretrained!r}); open_clip.get_tokenizer({model!r})"
    return (
        f"clip: needs the weights of {model}/{pretrained}, which are not on this machine; fetch them once with "
        f'python -c "import open_clip; {load}", or give a checkpoint file as clip.pretrained ({reason})'
    )
