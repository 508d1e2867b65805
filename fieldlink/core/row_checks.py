"""What a dataset's rows promise beyond their types: no nulls, finite numbers, known words, keys that rise."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core.errors import InputError
from fieldlink.core.schemas import VECTOR, Schema


def check_rows(rows: pa.Table, schema: Schema, where: str) -> None:
    """Raise `InputError`, with the first row at fault, if `rows` of some or all columns break the schema's promise.

    `where`: the rows are from, for the error. Columns that the schema doesn't have are left alone.
    """
    for name in (column for column in rows.column_names if column in schema.columns):
        _check_column(rows, schema, name, where)
    if set(schema.key) <= set(rows.column_names):
        _check_keys(rows, schema, where)


def _check_column(rows: pa.Table, schema: Schema, name: str, where: str) -> None:
    kind, values = schema.columns[name], rows[name]
    if values.type != (pa.list_(pa.float32(), getattr(values.type, "list_size", 1)) if kind == VECTOR else kind):
        raise InputError(f"{where}: {name} is {values.type}, expected {kind}")
    if values.null_count and name not in schema.optional:
        raise InputError(f"{where}: {name} is null in {values.null_count} rows, expected a value in each")
    if name not in schema.unmeasured and (kind == VECTOR or pa.types.is_floating(kind)):
        numbers = pc.call_function("list_flatten", [values]) if kind == VECTOR else values.drop_null()
        if not all(np.isfinite(chunk.to_numpy()).all() for chunk in numbers.chunks):
            raise InputError(f"{where}: {name} holds numbers that are not finite")
    if name in schema.words:
        unknown = set(values.unique().to_pylist()) - set(schema.words[name]) - {None}
        if unknown:
            raise InputError(f"{where}: {name} holds {sorted(unknown)}, expected some of {list(schema.words[name])}")


def _check_keys(rows: pa.Table, schema: Schema, where: str) -> None:
    """Keys rise from row to row, so that none occurs twice."""
    rising: pa.ChunkedArray | None = None
    for name in reversed(schema.key):
        values = rows[name].combine_chunks() if isinstance(rows[name], pa.ChunkedArray) else rows[name]
        before, after = values.slice(0, max(len(values) - 1, 0)), values.slice(1)
        less, equal = (pc.call_function(function, [before, after]) for function in ("less", "equal"))
        tied = None if rising is None else pc.call_function("and", [equal, rising])
        rising = less if tied is None else pc.call_function("or", [less, tied])
    wrong = pc.index(rising, False).as_py()  # the first row that isn't followed by a greater one
    if wrong >= 0:
        first, second = (tuple(rows[name][row].as_py() for name in schema.key) for row in (wrong, wrong + 1))
        raise InputError(f"{where}: {schema.key} {second} after {first}, keys must rise from row to row")
