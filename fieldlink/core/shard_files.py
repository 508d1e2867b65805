"""One Parquet file that holds a digest of itself, so that a single changed bit anywhere in it is an error.

The digest stands in the file's metadata, and is that of all bytes with zeros in its own place. It is checked before the
Parquet library sees the file, which damaged footers and page headers may crash.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fieldlink.core.errors import InputError
from fieldlink.core.files import whole_file

SEAL = "seal"  # key in the metadata
MORE, LAST = b"sealed:more:", b"sealed:last:"  # whether other files of the dataset follow
DIGITS = 64
OPTIONS: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True, "store_schema": True}


@dataclass(frozen=True, eq=False)
class ShardFile:
    """What the footer of a checked file says; one object for each state of a file."""

    parquet: pq.FileMetaData
    texts: dict[str, str]  # that were given to `write`
    last: bool  # of its dataset

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.parquet.num_rows

    def columns(self) -> list[str]:
        """Names of the columns."""
        return self.parquet.schema.to_arrow_schema().names

    def span(self, column: str) -> tuple[Any, Any] | None:
        """Least and greatest value of a column; None where the footer doesn't say."""
        place, groups = self.parquet.schema.names.index(column), range(self.parquet.num_row_groups)
        statistics = [self.parquet.row_group(group).column(place).statistics for group in groups]
        if not statistics or any(group is None or not group.has_min_max for group in statistics):
            return None
        return min(group.min for group in statistics), max(group.max for group in statistics)


def write(path: Path, rows: pa.Table, texts: Mapping[str, str], mark: bytes = LAST) -> None:
    """Write rows and `texts`, the metadata, as one sealed file, whole or not at all."""
    rows, sink = rows.replace_schema_metadata(), pa.BufferOutputStream()
    with pq.ParquetWriter(sink, rows.schema, **OPTIONS) as writer:
        writer.write_table(rows, row_group_size=1024)
        writer.add_key_value_metadata({**texts, SEAL: (mark + b"0" * DIGITS).decode()})  # last: `_seal_end` looks there
    data = memoryview(bytearray(sink.getvalue()))
    _write(path, data, mark)


def mark_as_last(path: Path) -> None:
    """Change a file, written as one that others follow, into the last of its dataset."""
    _write(path, memoryview(bytearray(path.read_bytes())), LAST)


def read(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Columns of a checked file, all by default; raises as `open_file` does."""
    return pq.ParquetFile(path, metadata=open_file(path).parquet).read(columns=list(columns) if columns else None)


def open_file(path: Path) -> ShardFile:
    """A checked file's footer. Raises `InputError` if the file is damaged, or was not written by `write`."""
    try:
        state = path.stat()
        return _checked(path, (state.st_ino, state.st_mtime_ns, state.st_size))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


@lru_cache(maxsize=65536)
def _checked(path: Path, _state: tuple[int, int, int]) -> ShardFile:
    """`_state`: of the file, so that each of its states is checked once a process."""
    data = path.read_bytes()
    end = _seal_end(data)
    if end < len(LAST) or data[end : end + DIGITS] != _digest(memoryview(data), end):
        raise InputError(f"{path}: damaged, or not written by this software: its digest is missing or differs")
    parquet = pq.read_metadata(pa.BufferReader(data))
    texts = {key.decode(): value.decode() for key, value in (parquet.metadata or {}).items()}
    return ShardFile(parquet, texts, last=data[:end].endswith(LAST))


def _write(path: Path, data: memoryview, mark: bytes) -> None:
    end = _seal_end(data.obj)
    data[end - len(mark) : end] = mark
    data[end : end + DIGITS] = _digest(data, end)
    with whole_file(path) as temporary:
        temporary.write_bytes(data)


def _seal_end(data: Any) -> int:
    """Where the digest begins."""
    return max(data.rfind(MORE), data.rfind(LAST)) + len(LAST)


def _digest(data: memoryview, start: int) -> bytes:
    """sha256, in hexadecimal digits, of `data` with zeros from `start` on in place of the digest."""
    digest = hashlib.sha256()
    for part in (data[:start], b"0" * DIGITS, data[start + DIGITS :]):
        digest.update(part)
    return digest.hexdigest().encode()
