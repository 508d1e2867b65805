"""Datasets: folders of Parquet shards, each written whole or not at all.

A reader checks that no shard is missing, each shard's digest, and what the schema promises (`row_checks`). A writer
checks the order of keys, null values and finite numbers.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core import shard_files
from fieldlink.core.digests import running_digest
from fieldlink.core.errors import InputError
from fieldlink.core.files import replacing
from fieldlink.core.row_checks import check_rows
from fieldlink.core.schemas import VECTOR, Schema


def table(schema: Schema, columns: Mapping[str, Any]) -> pa.Table:
    """Rows of a dataset, sorted by key. `columns`: lists, and for `VECTOR` columns float arrays (row, width).

    Raises `KeyError` for other columns than the schema's, `InputError` for a null, a number that isn't finite or a key
    that occurs twice.
    """
    if set(columns) != set(schema.columns):
        raise KeyError(f"{schema.name}: columns {sorted(columns)}, expected {sorted(schema.columns)}")
    arrays = {name: _array(schema, name, columns[name]) for name in schema.columns}
    rows = pa.table(arrays).sort_by([(name, "ascending") for name in schema.key])
    _check_keys(rows, schema)
    return rows


def matrix(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """A `VECTOR` column as a float32 array (row, width); a column of one chunk is not copied."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # an empty column stays chunked
        return np.zeros((0, column.type.list_size), np.float32)
    return column.flatten().to_numpy().reshape(len(column), column.type.list_size)


def empty_table(schema: Schema) -> pa.Table:
    """A dataset's table without rows. Its `VECTOR` columns have width 1."""
    return table(schema, {name: np.zeros((0, 1)) if kind == VECTOR else [] for name, kind in schema.columns.items()})


def write(
    folder: Path, schema: Schema, tables: Iterable[pa.Table], producer: str, *, may_be_empty: bool = False
) -> int:
    """Write each table as one shard of dataset `folder`, all of them or none. Returns the number of rows.

    `producer`: the stage that writes. Raises `InputError` if keys don't rise from shard to shard, or if there is no
    table, unless the dataset `may_be_empty`.
    """
    rows, last, path = 0, None, None
    with replacing(folder) as temporary:
        for number, shard in enumerate(tables):
            first = _key(shard, schema, 0) if len(shard) else None
            if last is not None and first is not None and first <= last:
                raise InputError(f"{folder}: {schema.key} {first} after {last}, keys must rise from shard to shard")
            last = _key(shard, schema, len(shard) - 1) if len(shard) else last
            path = temporary / f"part-{number:05d}.parquet"
            write_shard(path, schema, shard, producer, mark=shard_files.MORE)
            rows += len(shard)
        if path is not None:
            shard_files.mark_as_last(path)
        elif may_be_empty:
            write_shard(temporary / "part-00000.parquet", schema, empty_table(schema), producer)
        else:
            raise InputError(f"{folder}: no rows to write, expected at least one shard of {schema.name}")
    return rows


def write_shard(
    path: Path,
    schema: Schema,
    rows: pa.Table,
    producer: str,
    extra: Mapping[str, str] | None = None,
    mark: bytes = shard_files.LAST,
) -> None:
    """Write one Parquet file, whole or not at all: zstd, sealed, metadata with producer and rows' digest.

    `extra`: more metadata. `mark`: whether the file is the last of its dataset.
    """
    texts = {"schema": schema.name, "producer": producer, "fingerprint": rows_digest(rows), **(extra or {})}
    shard_files.write(path, rows, texts, mark)


def read(folder: Path, schema: Schema, columns: Sequence[str] | None = None) -> pa.Table:
    """The whole dataset as one table, in key order. `columns`: all by default."""
    return pa.concat_tables(shards(folder, schema, columns))


def shards(folder: Path, schema: Schema, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The dataset shard by shard. Raises `InputError` if keys don't rise from one to the next."""
    last = None
    for path in shard_paths(folder, schema):
        shard = read_shard(path, schema, columns)
        if len(shard) and set(schema.key) <= set(shard.column_names):
            if last is not None and _key(shard, schema, 0) <= last:
                raise InputError(f"{path}: begins with {_key(shard, schema, 0)} after {last}, keys must rise")
            last = _key(shard, schema, len(shard) - 1)
        yield shard


def read_shard(path: Path, schema: Schema, columns: Sequence[str] | None = None) -> pa.Table:
    """One checked shard. Raises `InputError`, with its path, for a damaged one and one that breaks its schema."""
    _check_schema(path, shard_files.open_file(path), schema)
    rows = shard_files.read(path, columns)
    check_rows(rows, schema, str(path))
    return rows


def shard_paths(folder: Path, schema: Schema) -> list[Path]:
    """Files of the dataset's shards, each checked. Raises `InputError` if one is missing or too many."""
    paths = _paths(folder, schema.name)
    for path in paths:
        _check_schema(path, shard_files.open_file(path), schema)
    names = [f"part-{number:05d}.parquet" for number in range(len(paths))]
    marks = [shard_files.open_file(path).last for path in paths]
    if [path.name for path in paths] != names or marks != [False] * (len(paths) - 1) + [True]:
        raise InputError(f"{folder}: a shard of {schema.name} is missing or too many among {len(paths)}")
    return paths


def schema_name(folder: Path) -> str:
    """Name of the dataset that a folder holds, from the metadata of its first shard."""
    return shard_files.open_file(_paths(folder, "any schema")[0]).texts["schema"]


def rows_with_ids(
    folder: Path,
    schema: Schema,
    ids: Sequence[str],
    columns: Sequence[str] | None = None,
    *,
    may_be_absent: bool = False,
) -> pa.Table:
    """The rows whose first key column is one of `ids`, in key order. Only the row groups that hold them are read.

    Raises `InputError` for an id that has none, unless ids `may_be_absent`.
    """
    key, names = schema.key[0], list(dict.fromkeys([*(columns or schema.columns), schema.key[0]]))
    paths, sorted_ids = shard_paths(folder, schema), sorted(set(ids))
    groups = {path: _groups_with(shard_files.open_file(path), key, sorted_ids) for path in paths}
    parts = [shard_files.read(path, names, groups[path]) for path in paths if groups[path]]
    rows = pa.concat_tables(parts or [shard_files.read(paths[0], names, [])])
    rows = rows.filter(pc.field(key).isin(pa.array(sorted_ids, pa.string())))
    check_rows(rows, schema, str(folder))
    absent = [] if may_be_absent else sorted(set(ids) - set(rows[key].unique().to_pylist()))
    if absent:
        raise InputError(f"{folder}: no rows of {absent[0]!r}, expected all {len(ids)} ids ({len(absent)} absent)")
    return rows.select(columns) if columns else rows


def digests_by_key(tables: Iterable[pa.Table], key: str) -> dict[str, str]:
    """A digest of the rows of each value of `key`. Tables are in its order; a value's rows may lie in several."""
    digests: dict[str, list[str]] = {}
    for table_of_rows in tables:
        for name, rows in groups_by_key(table_of_rows, key):
            digests.setdefault(name, []).append(rows_digest(rows))
    return {name: " ".join(parts) for name, parts in digests.items()}


def groups_by_key(rows: pa.Table, key: str) -> Iterator[tuple[str, pa.Table]]:
    """Each value of `key` with its rows; equal values must follow each other."""
    names = rows[key].to_pylist()
    starts = [row for row, name in enumerate(names) if not row or name != names[row - 1]]
    for start, end in pairwise([*starts, len(names)]):
        yield names[start], rows.slice(start, end - start)


def rows_digest(rows: pa.Table) -> str:
    """sha256 of the rows' contents. It depends on no chunks, and on no other rows of their file."""
    digest = running_digest()
    digest.update(str(rows.schema.remove_metadata()).encode())
    for column in rows.columns:
        digest.update(np.asarray(column.is_null().to_pylist(), bool).tobytes())
        if pa.types.is_fixed_size_list(column.type):
            digest.update(matrix(column).tobytes())
        elif pa.types.is_binary(column.type) or pa.types.is_string(column.type):
            values = [value or b"" for value in column.cast(pa.binary()).to_pylist()]
            digest.update(np.asarray([len(value) for value in values], np.int64).tobytes())
            digest.update(b"".join(values))
        else:
            digest.update(np.asarray([value or 0 for value in column.to_pylist()]).tobytes())
    return digest.hexdigest()


def _array(schema: Schema, name: str, values: Any) -> pa.Array:
    kind = schema.columns[name]
    if kind == VECTOR:
        values = np.ascontiguousarray(values, np.float32)
        if not np.isfinite(values).all():
            raise InputError(f"{schema.name}: {name} holds numbers that are not finite")
        return pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), values.shape[1])
    array = pa.array(values, kind)
    if array.null_count and name not in schema.optional:
        raise InputError(f"{schema.name}: {name} is null in {array.null_count} rows")
    return array


def _check_keys(rows: pa.Table, schema: Schema) -> None:
    counts = rows.group_by(list(schema.key)).aggregate([([], "count_all")])
    repeated = counts.filter(pc.field("count_all") > 1)
    if len(repeated):
        keys = [tuple(row[name] for name in schema.key) for row in repeated.slice(0, 3).to_pylist()]
        raise InputError(f"{schema.name}: {schema.key} must be unique, found twice: {keys}")


def _key(rows: pa.Table, schema: Schema, row: int) -> tuple[Any, ...]:
    return tuple(rows[name][row].as_py() for name in schema.key)


def _paths(folder: Path, expected: str) -> list[Path]:
    paths = sorted(folder.glob("part-*.parquet"))
    if not paths:
        raise InputError(f"{folder}: no part-*.parquet, expected a dataset of {expected}")
    return paths


def _groups_with(shard: shard_files.ShardFile, key: str, ids: Sequence[str]) -> list[int]:
    """The row groups between whose first and last key one of `ids` lies, which are sorted."""
    return [group for group, span in enumerate(_group_spans(shard, key)) if span is None or _lies_in(span, ids)]


def _lies_in(span: tuple[str, str], ids: Sequence[str]) -> bool:
    index = bisect_left(ids, span[0])
    return index < len(ids) and ids[index] <= span[1]


_group_spans = cache(shard_files.ShardFile.group_spans)


@cache
def _check_schema(path: Path, shard: shard_files.ShardFile, schema: Schema) -> None:
    name = shard.texts.get("schema")
    if name != schema.name:
        raise InputError(f"{path}: holds {name}, expected {schema.name}")
    missing = [column for column in schema.columns if column not in shard.columns()]
    if missing:
        raise InputError(f"{path}: columns {missing} are missing, expected those of {schema.name}")
