"""Published CLIP models: any name of open_clip with one of its tags, or with a checkpoint file; or a folder.

    <folder>/open_clip_config.json          {"model_cfg": …, "preprocess_cfg": …}, as open_clip and the hub have it
    <folder>/open_clip_model.safetensors    or open_clip_pytorch_model.bin
    <folder>/tokenizer.json, …              where the model has a tokenizer of its own (SigLIP's; needs `transformers`)

A folder is for machines without a network. It describes the whole model; clip.model is then only its name.
"""

import json
import warnings
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from torch import nn

from fieldlink.clip import checkpoint_files, model_folders
from fieldlink.clip.model_folders import CONFIG
from fieldlink.clip.quick_open_clip import open_clip
from fieldlink.clip.tokenizers import tokenizer_entry
from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign_text


class PretrainedClip(NamedTuple):
    model: nn.Module
    model_cfg: dict[str, Any]
    preprocess_cfg: dict[str, Any]
    tokenizer: Any
    tokenizer_name: str = "published"  # in the registry of tokenizers


def fetch(model: str, pretrained: str) -> PretrainedClip:
    """Load `model` with the weights of `pretrained`, a tag whose weights are on this machine, a file or a folder.

    A file doesn't describe its pictures. They are prepared as for the model's published weights, OpenAI's if there are
    any: SigLIP and others don't use OpenAI's mean and standard deviation. Raises `InputError` if open_clip can't load
    them.
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
            loaded = _created(model, pretrained, preprocessing)
        return PretrainedClip(loaded, description, loaded.visual.preprocess_cfg, open_clip.get_tokenizer(model))
    except InputError:
        raise
    except UserWarning as warning:
        raise InputError(f"clip.model: {warning} Expected {model}-quickgelu, or another tag") from warning
    except Exception as error:  # open_clip, torch and safetensors raise exceptions of any kind
        raise InputError(_advice(model, pretrained, error)) from error


def _created(model: str, pretrained: str, preprocessing: dict[str, Any]) -> Any:
    create = partial(open_clip.create_model, model, require_pretrained=True, force_preprocess_cfg=preprocessing)
    if not Path(pretrained).is_file():
        return create(pretrained)
    with checkpoint_files.readable_file(Path(pretrained), model) as file:
        return create(str(file))


def save(folder: Path, clip: PretrainedClip) -> None:
    """Write the model folder of a published model, with its own tokenizer."""
    model_folders.save(
        folder,
        clip.model,
        clip.model_cfg,
        clip.preprocess_cfg,
        tokenizer_name=clip.tokenizer_name,
        tokenizer=clip.tokenizer,
    )


def _of_folder(folder: Path) -> PretrainedClip:
    config = folder / CONFIG
    try:
        contents = json.loads(read_foreign_text(config))
        description, tokenizer_name = contents["model_cfg"], contents.get("tokenizer", "published")
        with checkpoint_files.readable_folder(folder) as readable:
            # without require_pretrained weights may be random
            loaded: Any = open_clip.create_model(f"local-dir:{readable}", require_pretrained=True)
        tokenizer = tokenizer_entry(tokenizer_name, f"{config}: tokenizer").load(folder, description)
        return PretrainedClip(loaded, description, loaded.visual.preprocess_cfg, tokenizer, tokenizer_name)
    except InputError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{config}: expected open_clip's description of a model ({error})") from error
    except Exception as error:  # open_clip, torch and safetensors raise exceptions of any kind
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
