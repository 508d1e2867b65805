"""Cosines of vectors, computed in float64 and rounded to float32, so that equal items tie exactly."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float

NUMBERS_AT_ONCE = 2**24  # of a matrix held in memory


def unit(vectors: Float[np.ndarray, "row dim"]) -> Float[np.ndarray, "row dim"]:
    """Vectors of length 1 in float64. A zero vector stays zero."""
    wide = vectors.astype(np.float64)
    return wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), np.finfo(np.float64).tiny)


def cosines(
    queries: Float[np.ndarray, "query dim"], items: Float[np.ndarray, "item dim"]
) -> Float[np.ndarray, "query item"]:
    """The cosine of every query with every item."""
    return (unit(queries) @ unit(items).T).astype(np.float32)


def cosines_in_parts(
    queries: Float[np.ndarray, "query dim"], items: Float[np.ndarray, "item dim"]
) -> Iterator[tuple[slice, Float[np.ndarray, "part item"]]]:
    """The same for some queries at a time, as the memory holds, and which queries those are.

    Where there are no queries, it is one part of none.
    """
    unit_items, unit_queries = unit(items), unit(queries)
    for part in parts(len(queries), len(items)) or [slice(0)]:
        yield part, (unit_queries[part] @ unit_items.T).astype(np.float32)


def parts(rows: int, width: int) -> list[slice]:
    """Rows of a matrix of this width, in parts that the memory holds."""
    size = rows_at_once(rows, width)
    return [slice(start, start + size) for start in range(0, rows, size)]


def rows_at_once(rows: int, width: int) -> int:
    return max(1, min(rows, NUMBERS_AT_ONCE // max(1, width)))
