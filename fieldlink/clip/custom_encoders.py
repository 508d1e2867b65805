"""Models that a user's own module loads in place of open_clip's. The model folder has the module's name and weights."""

import importlib
import inspect
import json
import shutil
from pathlib import Path

from fieldlink.clip.interface import JointEncoder
from fieldlink.core import digests, files
from fieldlink.core.errors import InputError

CONFIG, WEIGHTS, NONE = "encoder.json", "weights", "none"


def save(folder: Path, loader: str, pretrained: str, code: Path) -> None:
    """Write a model folder: `loader` is `package.module:function`, `pretrained` a file or folder to copy, or none.

    `code`: the module's own file; its digest is part of the folder.
    """
    file = inspect.getsourcefile(_function(loader))
    if not (file and code.is_file() and code.samefile(file)):
        raise InputError(f"clip.code: {code}, expected {file}, where clip.model {loader} comes from")
    source = Path(pretrained)
    if pretrained != NONE and not source.exists():
        raise InputError(f"clip.pretrained: {pretrained}: no such file or folder, expected weights, or none")
    with files.replacing(folder) as temporary:
        if pretrained != NONE:
            (shutil.copytree if source.is_dir() else shutil.copyfile)(source, temporary / WEIGHTS)
        config = {"loader": loader, "code": digests.file_digest(code), "sha256": _weights_digest(temporary / WEIGHTS)}
        (temporary / CONFIG).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def load(folder: Path, device: str) -> JointEncoder:
    """The encoder of a folder that `save` wrote; weights that differ from their sha256 are an error."""
    path, weights = folder / CONFIG, folder / WEIGHTS
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); rerun provide_clip") from error
    if _weights_digest(weights) != config.get("sha256"):
        raise InputError(f"{weights}: contents differ from the sha256 in {CONFIG}; rerun provide_clip")
    return loaded(config["loader"], weights if weights.exists() else None, device)


def loaded(loader: str, weights: Path | None, device: str) -> JointEncoder:
    """The encoder that the user's function returns. Raises `InputError` for an object of another kind."""
    encoder = _function(loader)(weights, device)
    if not isinstance(encoder, JointEncoder):
        raise InputError(f"{loader}: gave a {type(encoder).__name__}, expected methods images and texts")
    return encoder


def _function(loader: str):
    module, _, name = loader.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(f"clip.model: {loader!r} can't be loaded ({error}), expected module:function") from error


def _weights_digest(weights: Path) -> str:
    """sha256 of a file, or of all files of a folder; of an empty folder where there are none."""
    return digests.file_digest(weights) if weights.is_file() else digests.folder_digest(weights)
