"""A CLIP model as a folder that open_clip reads by itself: open_clip_config.json and open_clip_model.safetensors.

The config also carries the weights' sha256, which is checked before open_clip sees the folder: safetensors has no
checksum of its own, and a folder without weights would give a random model.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import open_clip
from safetensors.torch import save_file
from torch import nn

from fieldlink.core import digests, files
from fieldlink.core.errors import InputError

CONFIG, WEIGHTS = "open_clip_config.json", "open_clip_model.safetensors"


def save(
    folder: Path,
    model: nn.Module,
    model_cfg: Mapping[str, Any],
    preprocess_cfg: Mapping[str, Any],
    tokenizer: Any = None,
) -> None:
    """Write a model folder. `model_cfg` and `preprocess_cfg` are open_clip's descriptions of network and pictures.

    `tokenizer`: kept beside the weights if it isn't open_clip's own, which comes with the package.
    """
    with files.replacing(folder) as temporary:
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        save_file(weights, temporary / WEIGHTS)
        config = {
            "model_cfg": model_cfg,
            "preprocess_cfg": preprocess_cfg,
            "sha256": digests.file_digest(temporary / WEIGHTS),
        }
        (temporary / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
        if hasattr(tokenizer, "save_pretrained"):
            tokenizer.save_pretrained(temporary)


def load(folder: Path) -> tuple[nn.Module, Any]:
    """The model and its tokenizer; weights that are absent or differ from their sha256 are an error."""
    _check(folder)
    name = f"local-dir:{folder}"
    try:
        return open_clip.create_model(name, require_pretrained=True), open_clip.get_tokenizer(name)
    except (RuntimeError, ValueError, TypeError, KeyError, OSError, ImportError) as error:
        raise InputError(f"{folder}: open_clip cannot load this model ({error})") from error


def _check(folder: Path) -> None:
    try:
        config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        found = digests.file_digest(folder / WEIGHTS)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: expected {CONFIG} and {WEIGHTS} ({error}); rerun provide_clip") from error
    if found != config.get("sha256"):
        raise InputError(f"{folder / WEIGHTS}: contents differ from the sha256 in {CONFIG}; rerun provide_clip")
