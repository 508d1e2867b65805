"""Tables as values of a column of bytes: one row then holds an object with all its views."""

import pyarrow as pa


def to_bytes(rows: pa.Table) -> bytes:
    """A table in Arrow's stream format."""
    stream = pa.BufferOutputStream()
    with pa.ipc.new_stream(stream, rows.schema) as writer:
        writer.write_table(rows)
    return stream.getvalue().to_pybytes()


def from_column(column: pa.ChunkedArray) -> pa.Table:
    """The tables of a column's values, one below the other."""
    return pa.concat_tables(pa.ipc.open_stream(data.as_buffer()).read_all() for data in column)
