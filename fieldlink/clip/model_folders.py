"""A CLIP model as a folder that open_clip reads by itself: open_clip_config.json and open_clip_model.safetensors.

The config also has the name of the model's tokenizer and the folder's sha256, which is checked before open_clip reads
the folder: safetensors has no checksum of its own, and a folder without weights would give a random model.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import save as save_weights
from torch import nn

from fieldlink.clip.quick_open_clip import open_clip
from fieldlink.clip.tokenizers import Tokenizer, tokenizer_entry
from fieldlink.core import digest_folders, files
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
    registry of tokenizers. `tokenizer`: its files are written beside the weights, if its kind has any. Raises
    `InputError` for weights that are not finite.
    """
    entry = tokenizer_entry(tokenizer_name, "tokenizer_name")
    with files.replacing(folder) as temporary:
        weights = {name: tensor.detach().cpu().contiguous() for name, tensor in model.state_dict().items()}
        if broken := [name for name, tensor in weights.items() if not tensor.isfinite().all()]:
            raise InputError(f"{folder}: {broken[0]} holds numbers that are not finite")
        (temporary / WEIGHTS).write_bytes(save_weights(weights))
        config = {
            "model_cfg": model_cfg,
            "preprocess_cfg": preprocess_cfg,
            "tokenizer": tokenizer_name,
        }
        entry.save(tokenizer, temporary)
        digest_folders.write_description(temporary, CONFIG, config)


def load(folder: Path) -> tuple[nn.Module, Tokenizer]:
    """The model and its tokenizer. Raises `InputError` for a folder without weights or whose files have changed."""
    config = _checked_config(folder)
    entry = tokenizer_entry(config["tokenizer"], f"{folder / CONFIG}: tokenizer")
    try:
        model = open_clip.create_model(f"local-dir:{folder}", require_pretrained=True)
        return model, entry.load(folder, config["model_cfg"])
    except (RuntimeError, ValueError, TypeError, KeyError, OSError, ImportError) as error:
        raise InputError(f"{folder}: open_clip cannot load this model ({error})") from error


def _checked_config(folder: Path) -> dict[str, Any]:
    if not ((folder / CONFIG).is_file() and (folder / WEIGHTS).is_file()):
        raise InputError(f"{folder}: expected {CONFIG} and {WEIGHTS}; rerun provide_clip")
    config = digest_folders.read_description(folder, CONFIG, "rerun provide_clip")
    if "tokenizer" not in config:
        raise InputError(f"{folder / CONFIG}: no tokenizer, expected the name of one; rerun provide_clip")
    return config
