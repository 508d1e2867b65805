"""Accessors of glTF: typed views of buffers, normalised, sparse or compressed."""

from typing import Any

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.gltf import compression
from fieldlink.scenes.importers.gltf.document import MESHOPT, Document, extension

TYPES = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
MOST_ROWS = 15_000_000  # rows of one accessor


def values(document: Document, index: Any, normalised: bool = False) -> np.ndarray:
    """Rows of an accessor: integers as stored, or float64 if it says so or `normalised` demands it for integers."""
    accessor = document.get("accessors", index)
    return in_units(stored(document, index), normalised or accessor.get("normalized", False))


def stored(document: Document, index: Any) -> np.ndarray:
    """Rows of an accessor as stored, one column a component."""
    accessor = document.get("accessors", index)
    kind, width, count = _form(accessor, index)
    document.count(count * width, made_up="bufferView" not in accessor)
    if "bufferView" in accessor:
        offset = accessor.get("byteOffset", 0)
        rows = _rows(document, accessor["bufferView"], offset, kind, width, count)
    else:
        rows = np.zeros((count, width), kind)
    if "sparse" in accessor:
        rows = _replaced(document, rows, accessor["sparse"], index)
    return rows


def size_of(document: Document, index: Any) -> tuple[int, int]:
    """Rows and columns of an accessor, without reading it."""
    _, width, count = _form(document.get("accessors", index), index)
    return count, width


def in_units(rows: np.ndarray, normalised: bool) -> np.ndarray:
    """Integers that stand for [0, 1] or [-1, 1] as float64; other rows unchanged."""
    if not normalised or rows.dtype.kind == "f":
        return rows
    return np.maximum(rows / float(np.iinfo(rows.dtype).max), -1.0)


def view_bytes(document: Document, index: Any) -> bytes:
    """All bytes of a buffer view, decompressed."""
    view = document.get("bufferViews", index)
    settings = extension(view, *MESHOPT)
    if settings is None or (not compression.is_there("meshopt") and _is_plain_too(document, view)):
        return _part(document, view, f"bufferViews[{index}]")
    if index not in document.views:
        document.count(settings["count"] * settings["byteStride"] // 4)
        document.views[index] = compression.meshopt(_part(document, settings, f"bufferViews[{index}]"), settings)
    return document.views[index]


def _is_plain_too(document: Document, view: dict[str, Any]) -> bool:
    """Whether a compressed buffer view lies in its buffer without compression as well."""
    buffer = document.get("buffers", view.get("buffer"))
    empty = (extension(buffer, *MESHOPT) or {}).get("fallback", False) and "uri" not in buffer
    return not document.needs(*MESHOPT) and not empty


def _form(accessor: dict[str, Any], index: Any) -> tuple[Any, int, int]:
    """Component type, width and rows."""
    kind, width = TYPES.get(accessor.get("componentType", 0)), WIDTHS.get(accessor.get("type", ""))
    count = accessor.get("count")
    if kind is None or width is None:
        raise InputError(f"accessors[{index}]: no such type ({accessor.get('componentType')}, {accessor.get('type')})")
    if not isinstance(count, int) or not 0 <= count <= MOST_ROWS:
        raise InputError(f"accessors[{index}]: {count} rows, expected 0 to {MOST_ROWS}")
    return kind, width, count


def _part(document: Document, part: dict[str, Any], name: str) -> bytes:
    data = document.buffer(part.get("buffer"))
    start, length = part.get("byteOffset", 0), part.get("byteLength", 0)
    if start < 0 or length < 0 or start + length > len(data):
        raise InputError(f"{name}: bytes {start} to {start + length} of a buffer of {len(data)} bytes")
    return data[start : start + length]


def _rows(document: Document, view: Any, offset: int, kind: Any, width: int, count: int) -> np.ndarray:
    data, size = view_bytes(document, view), np.dtype(kind).itemsize
    settings = document.get("bufferViews", view)
    stride = (extension(settings, *MESHOPT) or settings).get("byteStride") or width * size
    needed = offset + (count - 1) * stride + width * size if count else 0
    if stride < width * size:
        raise InputError(f"bufferViews[{view}]: {stride} bytes from row to row, {width * size} needed for one")
    if offset < 0 or needed > len(data):
        raise InputError(f"bufferViews[{view}]: {len(data)} bytes, {needed} needed")
    little = np.dtype(kind).newbyteorder("<")
    return np.ndarray((count, width), little, data, offset, (stride, size)).astype(kind)


def _replaced(document: Document, rows: np.ndarray, sparse: dict[str, Any], index: Any) -> np.ndarray:
    count, indices, new = sparse["count"], sparse["indices"], sparse["values"]
    if not isinstance(count, int) or not 0 <= count <= len(rows):
        raise InputError(f"accessors[{index}]: {count} sparse rows of {len(rows)}")
    kind = TYPES[indices["componentType"]]
    at = _rows(document, indices["bufferView"], indices.get("byteOffset", 0), kind, 1, count)[:, 0]
    if count and at.max() >= len(rows):
        raise InputError(f"accessors[{index}]: sparse row {at.max()} of {len(rows)}")
    rows[at] = _rows(document, new["bufferView"], new.get("byteOffset", 0), rows.dtype.type, rows.shape[1], count)
    return rows
