"""Arrays in files, mapped into memory where they are opened: a worker process is sent no more than the path."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from jaxtyping import Float

from fieldlink.core import datasets, digests
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import VECTOR, Schema

FOLDER = "arrays"  # for `scratch_folder`


@dataclass(frozen=True)
class StoredArray:
    """An array in a file, in C order."""

    path: Path
    shape: tuple[int, ...]
    dtype: Literal["float32", "uint8"] = "float32"

    def open(self) -> np.ndarray:
        """The array, one per process. Writing to it never changes the file."""
        return _open(self)


@lru_cache(maxsize=8)
def _open(array: StoredArray) -> np.ndarray:
    return np.memmap(array.path, array.dtype, mode="c", shape=array.shape)


def store_column(dataset: Path, schema: Schema, name: str, folder: Path) -> StoredArray:
    """A column of a dataset as an array (1, row, width) in a file below `folder`, written shard by shard.

    A `VECTOR` column gives float32, a column of bytes uint8. The file, named by the rows' digest, is written once.
    Raises `InputError` if rows of bytes differ in length.
    """
    dtype = "float32" if schema.columns[name] == VECTOR else "uint8"
    footers = [pq.read_metadata(path) for path in datasets.shard_paths(dataset, schema)]
    rows_digests = [(footer.metadata or {}).get(b"fingerprint", b"").decode() for footer in footers]
    path = folder / f"{digests.digest_of(schema.name, name, rows_digests)[:24]}.{dtype}"
    rows = sum(footer.num_rows for footer in footers)
    if not path.exists():
        blocks = (_block(dataset, shard[name], dtype) for shard in datasets.shards(dataset, schema, [name]))
        _complete(folder, lambda temporary: _write(temporary, blocks)).replace(path)
    return StoredArray(path, (1, rows, path.stat().st_size // (np.dtype(dtype).itemsize * max(rows, 1))), dtype)


def store_parts(
    shape: tuple[int, int, int], parts: Iterable[Float[np.ndarray, "set part width"]], folder: Path
) -> StoredArray:
    """An array of `shape` in a file below `folder`: `parts` one after the other along the middle axis.

    The file is named by the digest of its contents.
    """

    def fill(path: Path) -> None:
        array, start = np.memmap(path, np.float32, mode="w+", shape=shape), 0
        for part in parts:
            array[:, start : start + part.shape[1]] = part
            start += part.shape[1]
        assert start == shape[1], f"{start} rows for {shape}"
        array.flush()

    temporary = _complete(folder, fill)
    path = folder / f"{digests.file_digest(temporary)[:24]}.float32"
    return StoredArray(temporary.replace(path), shape)


def _block(dataset: Path, values: pa.ChunkedArray, dtype: str) -> np.ndarray:
    if dtype == "float32":
        return datasets.matrix(values)
    rows = values.to_pylist()
    if len({len(row) for row in rows}) > 1:
        raise InputError(f"{dataset}: rows of bytes differ in length, expected one length")
    return np.frombuffer(b"".join(rows), np.uint8)


def _write(path: Path, blocks: Iterable[np.ndarray]) -> None:
    with path.open("wb") as file:
        for block in blocks:
            file.write(block.tobytes())


def _complete(folder: Path, write: Callable[[Path], None]) -> Path:
    """A file under a temporary name that `write` has filled, complete on the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f".writing.{os.getpid()}"
    write(temporary)
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    return temporary
