"""Arrays in files below scratch, mapped into memory by who opens them: a worker process is sent the path alone."""

import hashlib
import json
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

FOLDER = "arrays"  # where they lie in scratch


@dataclass(frozen=True)
class StoredArray:
    """Numbers of one kind in a file."""

    path: Path
    shape: tuple[int, ...]
    kind: Literal["float32", "uint8"] = "float32"

    def open(self) -> np.ndarray:
        """The array, the same for all of a process; what is written to it never reaches the file."""
        return _open(self)


@lru_cache(maxsize=8)
def _open(array: StoredArray) -> np.ndarray:
    return np.memmap(array.path, array.kind, mode="c", shape=array.shape)


def store_column(folder: Path, schema: Schema, name: str, place: Path) -> StoredArray:
    """A column of a dataset as an array (1, row, width) in a file below `place`, written once, shard by shard.

    A `VECTOR` column gives float32, one of bytes, as many in every row, uint8.
    """
    kind = "float32" if schema.columns[name] == VECTOR else "uint8"
    footers = [pq.read_metadata(path) for path in datasets.shard_paths(folder, schema)]
    prints = [(footer.metadata or {}).get(b"fingerprint", b"").decode() for footer in footers]
    path = place / f"{hashlib.sha256(json.dumps([schema.name, name, prints]).encode()).hexdigest()[:24]}.{kind}"
    rows = sum(footer.num_rows for footer in footers)
    if not path.exists():
        blocks = (_block(folder, shard[name], kind) for shard in datasets.shards(folder, schema, [name]))
        _written(place, lambda temporary: _write(temporary, blocks)).replace(path)
    return StoredArray(path, (1, rows, path.stat().st_size // (np.dtype(kind).itemsize * max(rows, 1))), kind)


def store_parts(
    shape: tuple[int, int, int], parts: Iterable[Float[np.ndarray, "set some width"]], place: Path
) -> StoredArray:
    """`parts`, one behind the other along the middle axis, in a file below `place` named by what it holds."""

    def fill(path: Path) -> None:
        array, start = np.memmap(path, np.float32, mode="w+", shape=shape), 0
        for part in parts:
            array[:, start : start + part.shape[1]] = part
            start += part.shape[1]
        assert start == shape[1], f"{start} rows for {shape}"
        array.flush()

    temporary = _written(place, fill)
    path = place / f"{digests.file_digest(temporary)[:24]}.float32"
    return StoredArray(temporary.replace(path), shape)


def _block(folder: Path, values: pa.ChunkedArray, kind: str) -> np.ndarray:
    if kind == "float32":
        return datasets.matrix(values)
    rows = values.to_pylist()
    if len({len(row) for row in rows}) > 1:
        raise InputError(f"{folder}: rows of bytes differ in length, expected one length")
    return np.frombuffer(b"".join(rows), np.uint8)


def _write(path: Path, blocks: Iterable[np.ndarray]) -> None:
    with path.open("wb") as file:
        for block in blocks:
            file.write(block.tobytes())


def _written(place: Path, write: Callable[[Path], None]) -> Path:
    """A file that `write` filled, complete on the disk, under a temporary name."""
    place.mkdir(parents=True, exist_ok=True)
    temporary = place / f".writing.{os.getpid()}"
    write(temporary)
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    return temporary
