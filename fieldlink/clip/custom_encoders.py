"""Models that a user's own module loads in place of open_clip's. The model folder has the module's name and weights."""

import importlib
import inspect
import shutil
from pathlib import Path

from fieldlink.clip.interface import JointEncoder
from fieldlink.core import digest_folders, digests, files
from fieldlink.core.errors import InputError

CONFIG, WEIGHTS, NONE = "encoder.json", "weights", "none"


def save(folder: Path, loader: str, pretrained: str, code: Path) -> None:
    """Write a model folder: `loader` is `package.module:function`, `pretrained` a file or folder to copy, or none.

    `code`: the module's own file; its digest is part of the folder. Raises `InputError` for another file, and for
    weights that are not there.
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
        digest_folders.write_description(temporary, CONFIG, {"loader": loader, "code": digests.file_digest(code)})


def load(folder: Path, device: str) -> JointEncoder:
    """The encoder of a folder that `save` wrote; files that have changed are an error."""
    config, weights = digest_folders.read_description(folder, CONFIG, "rerun provide_clip"), folder / WEIGHTS
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
