"""Tensors of foreign .pth files, read by a process of its own (`unpickle`)."""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load

from fieldlink.core.errors import InputError

PACKAGE = Path(__file__).parent.parent
Tensors = dict[str, np.ndarray]


def read(files: Sequence[Path]) -> list[Tensors | InputError]:
    """Each file's tensors by name, or the error that says why it has none."""
    with tempfile.TemporaryDirectory() as out:
        command = [
            sys.executable,
            "-m",
            "fieldlink.exchange.safe_unpickling",
            out,
            *(str(file.resolve()) for file in files),
        ]
        ended = subprocess.run(
            command, cwd=PACKAGE.parent, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        return [_result(Path(out), number, file, ended.stderr) for number, file in enumerate(files)]


def _result(out: Path, number: int, file: Path, said: str) -> Tensors | InputError:
    tensors, reason = out / f"{number}.safetensors", out / f"{number}.txt"
    if tensors.is_file():
        return load(tensors.read_bytes())
    last = (said.strip().splitlines() or ["its reader ended without a word"])[-1]
    return InputError(f"{file}: {reason.read_text(encoding='utf-8') if reason.is_file() else last}")
