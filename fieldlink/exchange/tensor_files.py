"""Tensors of foreign .pth files, read by a separate process (`safe_unpickling`)."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load

from fieldlink.core import source_code
from fieldlink.core.errors import InputError

READER = "fieldlink.exchange.safe_unpickling"  # the module that the process runs
Tensors = dict[str, np.ndarray]


def read(files: Sequence[Path]) -> list[Tensors | InputError]:
    """Each file's tensors by name, or the error that says why it has none."""
    with tempfile.TemporaryDirectory() as out:
        script = str(source_code.file_of(READER))
        # -P: neither the working folder nor the script's may hide a module that it imports
        command = [sys.executable, "-P", script, out, *(str(file.resolve()) for file in files)]
        process = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        return [_result(Path(out), number, file, process.stderr) for number, file in enumerate(files)]


def _result(out: Path, number: int, file: Path, errors: str) -> Tensors | InputError:
    tensors, reason = out / f"{number}.safetensors", out / f"{number}.txt"
    if tensors.is_file():
        return load(tensors.read_bytes())
    last = (errors.strip().splitlines() or ["its reader ended without a message"])[-1]
    return InputError(f"{file}: {reason.read_text(encoding='utf-8') if reason.is_file() else last}")
