"""The script of the process that opens foreign files of weights; its arguments are RECORDS OUT FILE….

A checkpoint is a pickle, which may run code when it is opened. Only tensors and plain containers are let through, and
the code of a TorchScript archive is never loaded. If that protection fails, it fails in this process; other processes
read safetensors alone. RECORDS is `ignored` where a trainer's settings and measures may stand beside the tensors, else
`refused`. The folder OUT gets `<number>.safetensors` for each file, or `<number>.txt` with the reason why it can't be
read.

The script imports nothing of the package, so that it runs wherever the package is installed.
"""

import io
import pickle
import re
import sys
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
import torch._utils
from safetensors.torch import load_file, save_file
from torch import Tensor

MAX_NUMBERS = 2**30  # of a dense tensor: a small file may hold a huge sparse one
DAMAGED = "damaged or cut off"
BEGINNINGS = {  # of files that hold no weights, with what they are
    b"version https://git-lfs": "Git LFS pointer, run git lfs pull",
    b"<": "a web page, not the file: download it again",
}
RECORDS = (  # a trainer's settings, and a measure as a numpy number with its type and its bytes
    "argparse.Namespace",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
    "numpy.dtype",
    "_codecs.encode",
)
FOREIGN_OBJECT = re.compile(r"(?:GLOBAL|global|class|type) `?'?([\w.]+)")


PLAIN = {  # what a TorchScript archive's data is made of
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): torch._utils._rebuild_tensor_v2,
}
NUMPY_FLOATS = (torch.float16, torch.float32, torch.float64)  # others, of 8 bits or bfloat16, are read as float32
DTYPES = {
    "FloatStorage": torch.float32,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "DoubleStorage": torch.float64,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}


class _Ignored:
    """What stands for an object that isn't needed: its own code never runs."""

    def __init__(self, *_: Any) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        pass


def tensors_of(file: Path, *, records: bool = False) -> dict[str, Tensor]:
    """All tensors of a file by their path in its dictionaries (`encoder/layers.0.weight`), dense.

    A TorchScript archive has the names of its state dict. `records`: objects of `RECORDS` are ignored. Raises
    `ValueError` with the cause if the file has other contents.
    """
    if not file.is_file():
        raise ValueError("a folder, FIFO or device, expected a file" if file.exists() else "no such file")
    with file.open("rb") as stream:
        start = stream.read(64).lstrip()
    if not start:
        raise ValueError("empty file")
    for beginning, cause in BEGINNINGS.items():
        if start.startswith(beginning):
            raise ValueError(cause)
    contents = load_file(file) if file.suffix == ".safetensors" else _opened(file, records)
    return {name: _dense(name, tensor) for name, tensor in _leaves(contents, "")}


def _opened(file: Path, records: bool) -> Any:
    if zipfile.is_zipfile(file) and any(name.endswith("/constants.pkl") for name in zipfile.ZipFile(file).namelist()):
        return _Scripted.contents(torch._C.PyTorchFileReader(str(file)))
    ignored: list[Any] = [(_Ignored, name) for name in RECORDS] if records else []
    try:
        with torch.serialization.safe_globals(ignored), warnings.catch_warnings(action="ignore"):
            return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:  # its text ends with advice to switch the protection off
        named = FOREIGN_OBJECT.search(str(error).partition("WeightsUnpickler error:")[2])
        raise ValueError(f"not tensors alone: {named[1] if named else 'no checkpoint of torch'}") from error
    except (RuntimeError, EOFError) as error:
        raise ValueError(DAMAGED) from error


class _Module(dict[str, Any]):
    """A module of a TorchScript archive: its tensors and modules by name."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.update({name: value for name, value in state.items() if isinstance(value, Tensor | _Module)})


class _Scripted(pickle.Unpickler):
    """Reader of a TorchScript archive's data; every class of its code is a `_Module` here."""

    def __init__(self, archive: Any) -> None:
        super().__init__(io.BytesIO(archive.get_record("data.pkl")))
        self.archive = archive

    @classmethod
    def contents(cls, archive: Any) -> dict[str, Tensor]:
        """Tensors by the names that `state_dict()` would give them."""
        return {name.replace("/", "."): tensor for name, tensor in _leaves(cls(archive).load(), "")}

    def find_class(self, module: str, name: str) -> Any:
        if module.startswith("__torch__"):
            return _Module
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        if module == "torch.jit._pickle":  # lists of numbers, and tags of types
            return _first
        if (module, name) in PLAIN:
            return PLAIN[module, name]
        raise ValueError(f"not tensors alone: {module}.{name}")

    def persistent_load(self, pid: tuple[str, torch.dtype, str, str, int]) -> Any:
        _, dtype, key, _, numbers = pid
        return self.archive.get_storage_from_record(f"data/{key}", numbers, dtype)._typed_storage()


def _first(value: Any, *_: Any) -> Any:
    return value


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield name, value
    elif isinstance(value, dict | list | tuple):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, f"{name}/{key}" if name else str(key))


def _dense(name: str, tensor: Tensor) -> Tensor:
    if tensor.numel() > MAX_NUMBERS:
        raise ValueError(f"{name} has {tensor.numel():,} numbers, at most {MAX_NUMBERS:,} are read")
    if tensor.is_complex():
        raise ValueError(f"{name} has complex numbers, expected real ones")
    dense = tensor.detach().to_dense() if tensor.is_sparse else tensor.detach()
    dense = dense.float() if dense.is_floating_point() and dense.dtype not in NUMPY_FLOATS else dense
    return dense.clone(memory_format=torch.contiguous_format)


def main(records: bool, out: Path, files: list[Path]) -> None:
    """Convert each file; an error is written down and doesn't stop the others."""
    for number, file in enumerate(files):
        try:
            save_file(tensors_of(file, records=records), out / f"{number}.safetensors")
        except ValueError as error:
            (out / f"{number}.txt").write_text(str(error), encoding="utf-8")
        except Exception as error:  # any error that a foreign file causes is that file's result
            (out / f"{number}.txt").write_text(f"{DAMAGED} ({type(error).__name__})", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] == "ignored", Path(sys.argv[2]), [Path(file) for file in sys.argv[3:]])
