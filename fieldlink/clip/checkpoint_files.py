"""Checkpoint files of published CLIP models as safetensors with open_clip's names of the tensors.

Pickles and TorchScript archives, OpenAI's own `.pt` among them, are read by a separate process (`tensor_files`).
"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from fieldlink.clip.model_folders import CONFIG, WEIGHTS
from fieldlink.core import tensor_files
from fieldlink.core.errors import InputError

ARRAYS = (".npz", ".npy")  # which open_clip reads without unpickling, as it does safetensors
SAFETENSORS = ".safetensors"
PICKLED_WEIGHTS = "open_clip_pytorch_model.bin"
OPENAI = ("input_resolution", "context_length", "vocab_size")  # of OpenAI's archives, beside the weights
QUICK_GELU = "-quickgelu"  # ends open_clip's names of models with OpenAI's activation


@contextmanager
def readable_file(file: Path, model: str) -> Iterator[Path]:
    """A checkpoint as a file that open_clip reads without unpickling. `model` is open_clip's name of its network.

    Raises `InputError` that names the file if it holds no tensors, those of another library, or OpenAI's where `model`
    has another activation than OpenAI's.
    """
    suffix = file.suffix.lower()
    if suffix == SAFETENSORS:
        _check_names(file, _names(file))
    if suffix in (*ARRAYS, SAFETENSORS):
        yield file
        return
    tensors = _tensors(file)
    if set(OPENAI) & tensors.keys() and not model.endswith(QUICK_GELU):
        raise InputError(f"clip.model: {file} has OpenAI's weights, expected {model}{QUICK_GELU}")
    with tempfile.TemporaryDirectory() as folder:
        save_file({name: tensors[name] for name in tensors.keys() - {*OPENAI}}, Path(folder) / WEIGHTS)
        yield Path(folder) / WEIGHTS


@contextmanager
def readable_folder(folder: Path) -> Iterator[Path]:
    """A model folder as one that open_clip reads without unpickling.

    Raises `InputError` that names the file of weights if it holds no tensors, or those of another library.
    """
    if (folder / WEIGHTS).is_file():
        _check_names(folder / WEIGHTS, _names(folder / WEIGHTS))
    if (folder / WEIGHTS).is_file() or not (folder / PICKLED_WEIGHTS).is_file():
        yield folder
        return
    with tempfile.TemporaryDirectory() as temporary:
        shutil.copy(folder / CONFIG, temporary)
        save_file(_tensors(folder / PICKLED_WEIGHTS), Path(temporary) / WEIGHTS)
        yield Path(temporary)


def _tensors(file: Path) -> tensor_files.Tensors:
    (tensors,) = tensor_files.read([file], records=True)
    if isinstance(tensors, InputError):
        raise tensors
    tensors = tensor_files.unwrapped(tensors)
    _check_names(file, tensors)
    return tensors


def _names(file: Path) -> list[str]:
    """The names of tensors of a safetensors file. A file that isn't one is an `InputError` with the cause."""
    try:
        with safe_open(file, "numpy") as tensors:
            return list(tensors.keys())
    except (SafetensorError, OSError):
        return list(_tensors(file))


def _check_names(file: Path, names: Iterable[str]) -> None:
    if any(name.startswith(("text_model.", "vision_model.")) for name in names):
        raise InputError(f"{file}: transformers' names (vision_model.…), expected open_clip's weights (visual.…)")
