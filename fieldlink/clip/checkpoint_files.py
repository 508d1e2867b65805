"""Checkpoint files of published CLIP models as safetensors with open_clip's names of the tensors.

Pickles and TorchScript archives, OpenAI's own `.pt` among them, are read by a separate process (`tensor_files`).
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetensors.numpy import save_file

from fieldlink.clip.model_folders import CONFIG, WEIGHTS
from fieldlink.core import tensor_files
from fieldlink.core.errors import InputError

PICKLES = (".pt", ".pth", ".bin", ".ckpt", ".th", "")  # open_clip reads other files (safetensors, npz) without risk
PICKLED_WEIGHTS = "open_clip_pytorch_model.bin"
OPENAI = ("input_resolution", "context_length", "vocab_size")  # of OpenAI's archives, beside the weights
QUICK_GELU = "-quickgelu"  # ends open_clip's names of models with OpenAI's activation


@contextmanager
def readable_file(file: Path, model: str) -> Iterator[Path]:
    """A checkpoint as a file that open_clip reads without unpickling. `model` is open_clip's name of its network.

    Raises `InputError` that names the file if it holds no tensors, those of another library, or OpenAI's where `model`
    has another activation than OpenAI's.
    """
    if file.suffix not in PICKLES:
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
    """A model folder as one that open_clip reads without unpickling."""
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
    if any(name.startswith(("text_model.", "vision_model.")) for name in tensors):
        raise InputError(f"{file}: transformers' names (vision_model.…), expected open_clip's weights (visual.…)")
    return tensors
