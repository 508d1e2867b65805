"""Arrays in files, mapped into memory where they are opened: a worker process is sent no more than the path."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
from jaxtyping import Float

from fieldlink.core import datasets, digests, shard_files
from fieldlink.core.errors import InputError
from fieldlink.core.files import temporary_file, whole_file
from fieldlink.core.schemas import VECTOR, Schema

FOLDER = "arrays"  # for `scratch_folder`
DIGEST_BYTES = 32  # at the end of a column's file


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

    A `VECTOR` column gives float32, a column of bytes uint8. The file is named by the rows' digest and ends with its
    own: one that is whole is not written again. Raises `InputError` if rows of bytes differ in length.
    """
    dtype = "float32" if schema.columns[name] == VECTOR else "uint8"
    shards = [shard_files.open_file(path) for path in datasets.shard_paths(dataset, schema)]
    rows_digests = [shard.texts["fingerprint"] for shard in shards]
    path = folder / f"{digests.digest_of(schema.name, name, rows_digests)[:24]}.{dtype}"
    rows = sum(shard.rows for shard in shards)
    if not _is_whole(path):
        blocks = (_block(dataset, shard[name], dtype) for shard in datasets.shards(dataset, schema, [name]))
        folder.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as temporary:
            _write(temporary, blocks)
    width = (path.stat().st_size - DIGEST_BYTES) // (np.dtype(dtype).itemsize * max(rows, 1))
    return StoredArray(path, (1, rows, width), dtype)


def store_parts(
    shape: tuple[int, int, int], parts: Iterable[Float[np.ndarray, "set part width"]], folder: Path
) -> StoredArray:
    """An array of `shape` in a file below `folder`: `parts` one after the other along the middle axis.

    The file is named by the digest of its contents.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with temporary_file(folder / "array") as temporary:
        with temporary.open("wb") as file:  # space for all of it: a map of a file on a full disk would end the process
            os.posix_fallocate(file.fileno(), 0, 4 * prod(shape))
        array, start = np.memmap(temporary, np.float32, mode="r+", shape=shape), 0
        for part in parts:
            array[:, start : start + part.shape[1]] = part
            start += part.shape[1]
        assert start == shape[1], f"{start} rows for {shape}"
        array.flush()
        return StoredArray(temporary.replace(folder / f"{digests.file_digest(temporary)[:24]}.float32"), shape)


def _block(dataset: Path, values: pa.ChunkedArray, dtype: str) -> np.ndarray:
    if dtype == "float32":
        return datasets.matrix(values)
    rows = values.to_pylist()
    if len({len(row) for row in rows}) > 1:
        raise InputError(f"{dataset}: rows of bytes differ in length, expected one length")
    return np.frombuffer(b"".join(rows), np.uint8)


def _write(path: Path, blocks: Iterable[np.ndarray]) -> None:
    """Write blocks one after the other, then their digest."""
    digest = digests.running_digest()
    with path.open("wb") as file:
        for block in blocks:
            data = np.ascontiguousarray(block).data
            file.write(data)
            digest.update(data)
        file.write(digest.digest())


def _is_whole(path: Path) -> bool:
    """Whether a file is there that ends with the digest of what comes before."""
    digest = digests.running_digest()
    try:
        with path.open("rb") as file:
            digests.add_bytes(digest, file, max(path.stat().st_size - DIGEST_BYTES, 0))
            return file.read() == digest.digest()
    except OSError:
        return False
