"""Trained models as folders: weights as safetensors, and config.json with the digest of the weights."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.core.files import replacing


def write_model(
    folder: Path, tensors: Mapping[str, np.ndarray], config: Mapping[str, Any], name: str = "model"
) -> None:
    """Write `folder` with `name`.safetensors and config.json, which holds the weights' digest as `sha256`."""
    from safetensors.numpy import save

    data = save({key: np.asarray(value, order="C") for key, value in tensors.items()})
    with replacing(folder) as temporary:
        (temporary / f"{name}.safetensors").write_bytes(data)
        text = json.dumps({**config, "sha256": hashlib.sha256(data).hexdigest()}, indent=2)
        (temporary / "config.json").write_text(text + "\n", encoding="utf-8")


def read_model(folder: Path, name: str = "model") -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Tensors and config of a model folder. Raises `InputError` if a file is missing or damaged."""
    from safetensors.numpy import load

    path, description = folder / f"{name}.safetensors", folder / "config.json"
    try:
        data, config = path.read_bytes(), json.loads(description.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{folder}: expected {path.name} and config.json ({error})") from error
    except ValueError as error:
        raise InputError(f"{description}: not valid JSON ({error}); delete {folder} and rerun") from error
    if hashlib.sha256(data).hexdigest() != config.pop("sha256", None):
        raise InputError(f"{path}: contents differ from the sha256 in config.json; delete {folder} and rerun")
    return load(data), config
