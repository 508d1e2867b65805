"""The script of the process that opens foreign .pth files; its arguments are OUT FILE….

A checkpoint is a pickle, which may run code when it is opened. `weights_only` lets only tensors and plain containers
through. If that protection fails, it fails in this process; other processes read safetensors alone. The folder OUT gets
`<number>.safetensors` for each file, or `<number>.txt` with the reason why it can't be read.

The script imports nothing of the package, so that it runs wherever the package is installed.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

MAX_NUMBERS = 2**30  # of a dense tensor: a small file may hold a huge sparse one


def tensors_of(file: Path) -> dict[str, Tensor]:
    """All tensors of a checkpoint by their path in its dictionaries (`encoder/layers.0.weight`), dense."""
    return {name: _dense(name, tensor) for name, tensor in _leaves(_opened(file), "")}


def _opened(file: Path) -> Any:
    return torch.load(file, map_location="cpu", weights_only=True)


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{name}/{key}" if name else str(key))


def _dense(name: str, tensor: Tensor) -> Tensor:
    if tensor.numel() > MAX_NUMBERS:
        raise ValueError(f"{name} has {tensor.numel():,} numbers, at most {MAX_NUMBERS:,} are read")
    dense = tensor.detach().to_dense() if tensor.is_sparse else tensor.detach()
    return (dense.float() if dense.dtype == torch.bfloat16 else dense).clone(memory_format=torch.contiguous_format)


def main(out: Path, files: list[Path]) -> None:
    """Convert each file; an error is written down and doesn't stop the others."""
    for number, file in enumerate(files):
        try:
            save_file(tensors_of(file), out / f"{number}.safetensors")
        except Exception as error:  # any error that a foreign file causes is that file's result
            reason = (str(error).strip() or "no reason given").splitlines()[0]
            (out / f"{number}.txt").write_text(f"{type(error).__name__}: {reason}", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(file) for file in sys.argv[2:]])
