"""Trained models as folders: weights as safetensors, and config.json with the digest of both."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fieldlink.core.digest_folders import read_description, write_description
from fieldlink.core.errors import InputError
from fieldlink.core.files import replacing

CONFIG = "config.json"


def write_model(
    folder: Path,
    tensors: Mapping[str, np.ndarray],
    config: Mapping[str, Any],
    name: str = "model",
    others: Mapping[str, Mapping[str, np.ndarray]] | None = None,
) -> None:
    """Write `folder` with `name`.safetensors, config.json, and `others`, further states of the model by name.

    Raises `InputError` for numbers that are not finite.
    """
    from safetensors.numpy import save

    states = {name: tensors, **(others or {})}
    for state in states.values():
        _check_finite(folder, state)
    with replacing(folder) as temporary:
        for file, state in states.items():
            data = save({key: np.asarray(value, order="C") for key, value in state.items()})
            (temporary / f"{file}.safetensors").write_bytes(data)
        write_description(temporary, CONFIG, config)


def read_model(folder: Path, name: str = "model") -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Tensors and config of a model folder. Raises `InputError` if a file is missing, damaged or holds NaN."""
    from safetensors.numpy import load

    path = folder / f"{name}.safetensors"
    if not path.is_file():
        raise InputError(f"{folder}: expected {path.name} and {CONFIG}")
    config = read_description(folder, CONFIG, f"delete {folder} and rerun")
    tensors = load(path.read_bytes())
    _check_finite(path, tensors)
    return tensors, config


def _check_finite(where: Path, tensors: Mapping[str, np.ndarray]) -> None:
    for name, tensor in tensors.items():
        if np.issubdtype(np.asarray(tensor).dtype, np.floating) and not np.isfinite(tensor).all():
            raise InputError(f"{where}: {name} holds numbers that are not finite")
