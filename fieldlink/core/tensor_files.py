"""Tensors of foreign .pth and .pt files, read by a separate process (`safe_unpickling`)."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load

from fieldlink.core import source_code
from fieldlink.core.errors import InputError

READER = "fieldlink.core.safe_unpickling"  # the module that the process runs
WRAPPERS = ("state_dict", "model_state_dict", "model")  # dictionaries that trainers put around a model's tensors
PARALLEL = "module."  # torch's prefix for a model that was trained on several GPUs
Tensors = dict[str, np.ndarray]


def read(files: Sequence[Path], *, records: bool = False) -> list[Tensors | InputError]:
    """Each file's tensors by name, or the error that says why it has none.

    `records`: settings and measures of a trainer beside the tensors are ignored; else they are an error.
    """
    with tempfile.TemporaryDirectory() as out:
        script, mode = str(source_code.file_of(READER)), "ignored" if records else "refused"
        # -P: neither the working folder nor the script's may hide a module that it imports
        command = [sys.executable, "-P", script, mode, out, *(str(file.resolve()) for file in files)]
        process = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        results = [_result(Path(out), number, file) for number, file in enumerate(files)]
    if len(files) == 1 and results[0] is None:
        return [InputError(f"{files[0]}: its reader ended with status {process.returncode}")]
    # a file that ended the process takes no other with it
    return [result or read([file], records=records)[0] for result, file in zip(results, files, strict=True)]


def unwrapped(tensors: Mapping[str, np.ndarray]) -> Tensors:
    """Tensors by their names in the model itself, without the wrappings of a trainer: `state_dict/`, `module.`.

    Raises `InputError` if two tensors have one name then.
    """
    by_name: Tensors = {}
    for path, tensor in tensors.items():
        parts = [part.removeprefix(PARALLEL) for part in path.split("/")]
        name = "/".join(parts[1:] if len(parts) > 1 and parts[0] in WRAPPERS else parts)
        if name in by_name:
            raise InputError(f"two tensors are {name}, one of them {path}")
        by_name[name] = tensor
    return by_name


def named_ending(tensors: Mapping[str, np.ndarray], *endings: str) -> np.ndarray | None:
    """The tensor whose dotted name is one of `endings`, or ends with `.` and one of them; None if there is none.

    Raises `InputError` if there are several.
    """
    names = [name for name in tensors if any(f".{name.replace('/', '.')}".endswith(f".{end}") for end in endings)]
    if len(names) > 1:
        raise InputError(f"several tensors are {' or '.join(endings)}: {', '.join(names)}")
    return tensors[names[0]] if names else None


def _result(out: Path, number: int, file: Path) -> Tensors | InputError | None:
    tensors, reason = out / f"{number}.safetensors", out / f"{number}.txt"
    if tensors.is_file():
        by_name = load(tensors.read_bytes())
        return {name: by_name[name] for name in sorted(by_name)} or InputError(f"{file}: no tensor")
    return InputError(f"{file}: {reason.read_text(encoding='utf-8')}") if reason.is_file() else None
