"""One Parquet file that holds a digest of itself, so that a single changed bit anywhere in it is an error.

The digest stands in the file's metadata, and is that of all bytes with zeros in its own place. It is checked before the
Parquet library sees the file, which damaged footers and page headers may crash.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from fieldlink.core import digests
from fieldlink.core.errors import InputError
from fieldlink.core.files import whole_file

SEAL = "seal"  # key in the metadata
MORE, LAST = b"sealed:more:", b"sealed:last:"  # whether other files of the dataset follow
DIGITS = 64
ZEROS = b"0" * DIGITS  # in place of the digest while it is computed
TAIL = 2**16  # bytes at the end of a file, among which its seal is
GROUP_BYTES, GROUP_ROWS = 2**19, 1024  # at most, of a row group: what a reader of one row has to read
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
        spans = self.group_spans(column)
        if not spans or None in spans:
            return None
        lows, highs = zip(*spans, strict=True)
        return min(lows), max(highs)

    def group_spans(self, column: str) -> list[tuple[Any, Any] | None]:
        """Least and greatest value of a column in each row group; None where the footer doesn't say."""
        column_index, groups = self.parquet.schema.names.index(column), range(self.parquet.num_row_groups)
        statistics = [self.parquet.row_group(group).column(column_index).statistics for group in groups]
        return [(group.min, group.max) if group is not None and group.has_min_max else None for group in statistics]


def write(path: Path, rows: pa.Table, texts: Mapping[str, str], mark: bytes = LAST) -> None:
    """Write rows and `texts`, the metadata, as one sealed file, whole or not at all."""
    rows = rows.replace_schema_metadata()
    with whole_file(path) as temporary:
        # a file of Python's, so that a full disk has its own words
        with temporary.open("wb") as file, pq.ParquetWriter(file, rows.schema, **OPTIONS) as writer:
            writer.write_table(rows, row_group_size=_rows_per_group(rows))
            writer.add_key_value_metadata({**texts, SEAL: (mark + ZEROS).decode()})  # last: `_seal_end` looks there
        _seal(temporary, mark)


def mark_as_last(path: Path) -> None:
    """Change a file, written as one that others follow, into the last of its dataset."""
    with whole_file(path) as temporary:
        shutil.copyfile(path, temporary)
        _seal(temporary, LAST)


def read(path: Path, columns: Sequence[str] | None = None, groups: Sequence[int] | None = None) -> pa.Table:
    """Columns and row groups of a checked file, all by default. Raises as `open_file` does."""
    footer, names = open_file(path).parquet, list(columns) if columns else None
    with pq.ParquetFile(path, metadata=footer) as file:
        return file.read_row_groups(range(footer.num_row_groups) if groups is None else groups, columns=names)


def open_file(path: Path) -> ShardFile:
    """A checked file's footer. Raises `InputError` if the file is damaged, or was not written by `write`."""
    try:
        state = path.stat()
        return _checked(path, (state.st_ino, state.st_mtime_ns, state.st_size))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


@lru_cache(maxsize=65536)
def _checked(path: Path, _state: tuple[int, int, int]) -> ShardFile:
    """`_state`: that of the file, so that each of its states is checked once a process."""
    with path.open("rb") as file:
        end = _seal_end(file)
        if end is None:
            raise InputError(
                f"{path}: no digest in it: cut short, or written by other software or an earlier version of this one; "
                "compute or import it again"
            )
        if _bytes_at(file, end, DIGITS) != _digest(file, end):
            raise InputError(f"{path}: damaged, its digest differs; compute or import it again")
        last = _bytes_at(file, end - len(LAST), len(LAST)) == LAST
    parquet = pq.read_metadata(path)
    texts = {key.decode(): value.decode() for key, value in (parquet.metadata or {}).items()}
    return ShardFile(parquet, texts, last)


def _rows_per_group(rows: pa.Table) -> int:
    return min(max(GROUP_BYTES * len(rows) // max(rows.nbytes, 1), 1), GROUP_ROWS)


def _seal(path: Path, mark: bytes) -> None:
    """Write the mark and the digest into their place."""
    with path.open("rb+") as file:
        end = _seal_end(file)
        assert end is not None
        file.seek(end - len(mark))
        file.write(mark)
        digest = _digest(file, end)
        file.seek(end)
        file.write(digest)


def _seal_end(file: BinaryIO) -> int | None:
    """Where the digest begins: its mark is the last entry of the footer; None without one."""
    start = max(file.seek(0, os.SEEK_END) - TAIL, 0)
    tail = _bytes_at(file, start, TAIL)
    offset = max(tail.rfind(MORE), tail.rfind(LAST))
    return None if offset < 0 else start + offset + len(LAST)


def _bytes_at(file: BinaryIO, offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)


def _digest(file: BinaryIO, end: int) -> bytes:
    """sha256, in hexadecimal digits, of a file with zeros from `end` on in place of the digest."""
    digest = digests.running_digest()
    file.seek(0)
    digests.add_bytes(digest, file, end)
    digest.update(ZEROS)
    file.seek(DIGITS, os.SEEK_CUR)
    digests.add_bytes(digest, file)
    return digest.hexdigest().encode()
