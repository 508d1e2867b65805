"""A CLIP model as a folder that open_clip reads by itself: open_clip_config.json and open_clip_model.safetensors.

The config also has the name of the model's tokenizer and the weights' sha256. The sha256 is checked before open_clip
reads the folder: safetensors has no checksum of its own, and a folder without weights would give a random model.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import open_clip
from safetensors.torch import save_file
from torch import nn

from fieldlink.clip.tokenizers import Tokenizer, tokenizer_entry
from fieldlink.core import digests, files
from fieldlink.core.errors import InputError

CONFIG, WEIGHTS = "open_clip_config.json", "open_clip_model.safetensors"


def save(
    folder: Path,
    model: nn.Module,
    model_cfg: Mapping[str, Any],
    preprocess_cfg: Mapping[str, Any],
    *,
    tokenizer_name: str,
    tokenizer: Any = None,
) -> None:
    """Write a model folder.

    `model_cfg`, `preprocess_cfg`: open_clip's descriptions of the network and its pictures. `tokenizer_name`: in the
    registry of tokenizers. `tokenizer`: its files are written beside the weights, if its kind has any.
    """
    entry = tokenizer_entry(tokenizer_name, "tokenizer_name")
    with files.replacing(folder) as temporary:
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        save_file(weights, temporary / WEIGHTS)
        config = {
            "model_cfg": model_cfg,
            "preprocess_cfg": preprocess_cfg,
            "tokenizer": tokenizer_name,
            "sha256": digests.file_digest(temporary / WEIGHTS),
        }
        (temporary / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        entry.save(tokenizer, temporary)


def load(folder: Path) -> tuple[nn.Module, Tokenizer]:
    """The model and its tokenizer. Raises `InputError` for weights that are absent or differ from their sha256."""
    config = _checked_config(folder)
    entry = tokenizer_entry(config["tokenizer"], f"{folder / CONFIG}: tokenizer")
    try:
        model = open_clip.create_model(f"local-dir:{folder}", require_pretrained=True)
        return model, entry.load(folder, config["model_cfg"])
    except (RuntimeError, ValueError, TypeError, KeyError, OSError, ImportError) as error:
        raise InputError(f"{folder}: open_clip cannot load this model ({error})") from error


def _checked_config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        digest = digests.file_digest(folder / WEIGHTS)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: expected {CONFIG} and {WEIGHTS} ({error}); rerun provide_clip") from error
    if digest != config.get("sha256"):
        raise InputError(f"{folder / WEIGHTS}: contents differ from the sha256 in {CONFIG}; rerun provide_clip")
    if "tokenizer" not in config:
        raise InputError(f"{folder / CONFIG}: no tokenizer, expected the name of one; rerun provide_clip")
    return config
