"""The polygons of a PLY file as triangles, before trimesh reads it.

Trimesh cuts all polygons as fans, and can't read binary files in which they have different numbers of corners.
"""

import re
import struct
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import numpy as np

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files import polygons
from fieldlink.scenes.importers.mesh_files.mesh_parts import MOST_FACES

TYPES = {
    **{"char": "b", "uchar": "B", "short": "h", "ushort": "H", "int": "i", "uint": "I", "float": "f", "double": "d"},
    **{"int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "float32": "f"},
    "float64": "d",
}
ORDERS = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}
NEEDED = ("vertex", "face")
STRIPS = "tristrips"  # an element that trimesh passes over without a word
CORNERS = ("vertex_index", "vertex_indices")
Row = list[Any]  # a number of each property, or the tuple of a list's


@dataclass
class _Element:
    """An element of the header; a property is its name, its type, and the type of its length if it is a list."""

    name: str
    count: int
    properties: list[tuple[str, str, str]] = field(default_factory=list)

    def index_of(self, *names: str) -> int | None:
        """Which property has one of these names."""
        return next((at for at, (name, _, _) in enumerate(self.properties) if name in names), None)


def triangulated(data: bytes) -> bytes:
    """The file with triangles in place of its polygons, each with its polygon's properties.

    A file of triangles alone, or whose form isn't understood here, is unchanged. Raises `InputError` for a text that is
    cut off, for a file without faces or vertices, and for one with triangle strips.
    """
    head, end, rest = data.partition(b"end_header")
    line_end, _, body = rest.partition(b"\n")
    try:
        elements, order = _elements(head)
        if _are_triangles(body, elements, order):
            return data
        rows, start, stop = _rows(body, elements, order)
    except InputError:
        raise
    except (IndexError, KeyError, StopIteration, ValueError, struct.error):
        return data
    faces, corners = elements["face"], elements["face"].index_of(*CORNERS)
    if corners is None or not faces.properties[corners][2] or all(len(row[corners]) == 3 for row in rows["face"]):
        return data
    new = _cut(rows["face"], corners, _points(elements["vertex"], rows["vertex"]))
    written = b"".join(_written(row, faces, order) for row in new)
    head = re.sub(rb"(element\s+face\s+)\d+", lambda words: words[1] + str(len(new)).encode(), head)
    return b"".join([head, end, line_end, b"\n", body[:start], written, body[stop:]])


def _elements(head: bytes) -> tuple[dict[str, _Element], str]:
    """The elements up to the faces and vertices, and the order of bytes; "" for text."""
    lines = [line.decode("latin-1").split() for line in head.splitlines()]
    _check_elements({words[1]: int(words[2]) for words in lines if words[:1] == ["element"]})
    order = next(ORDERS[words[1].lower()] for words in lines if words[:1] == ["format"])
    elements: dict[str, _Element] = {}
    for words in lines:
        if words[:1] == ["element"]:
            if elements.keys() >= set(NEEDED):
                break
            elements[words[1]] = _Element(words[1], int(words[2]))
        elif words[:1] == ["property"]:
            of_length = TYPES[words[2]] if words[1] == "list" else ""
            elements[next(reversed(elements))].properties.append((words[-1], TYPES[words[-2]], of_length))
    return elements, order


def _check_elements(counts: dict[str, int]) -> None:
    """`counts`: rows of each element by its name."""
    for needed in NEEDED:
        if needed not in counts:
            raise InputError(f"no element {needed} (found {', '.join(counts) or 'none'}), expected one")
    if counts.get(STRIPS):
        raise InputError(f"triangle strips (element {STRIPS}) aren't read, expected all triangles in element face")


def _are_triangles(body: bytes, elements: dict[str, _Element], order: str) -> bool:
    """Whether all faces of a binary file are triangles; False where that isn't seen quickly."""
    faces, before = elements["face"], list(takewhile(lambda element: element.name != "face", elements.values()))
    lists = [of_length for element in before for _, _, of_length in element.properties if of_length]
    corners = faces.index_of(*CORNERS)
    if faces.count > MOST_FACES:
        raise InputError(f"{faces.count:,} faces, at most {MOST_FACES:,} expected")
    if not order or lists or corners is None or [bool(kind) for _, _, kind in faces.properties].count(True) != 1:
        return False
    start = sum(
        element.count * struct.calcsize(order + "".join(kind for _, kind, _ in element.properties))
        for element in before
    )
    form = [(f"{at}", f"{order}{of_length or kind}") for at, (_, kind, of_length) in enumerate(faces.properties)]
    form.insert(corners + 1, ("corners", f"{order}3{faces.properties[corners][1]}"))
    rows = np.frombuffer(body, np.dtype(form), faces.count, start)
    return bool((rows[f"{corners}"] == 3).all())


def _rows(body: bytes, elements: dict[str, _Element], order: str) -> tuple[dict[str, list[Row]], int, int]:
    """The rows of all `elements`, and where the faces begin and end in the body."""
    rows: dict[str, list[Row]] = {}
    places: dict[str, tuple[int, int]] = {}
    stop = 0
    for name, element in elements.items():
        start, rows[name] = stop, []
        for _ in range(element.count):
            row, stop = _binary_row(body, stop, element, order) if order else _text_row(body, stop, element)
            rows[name].append(row)
        places[name] = start, stop
    return rows, *places["face"]


def _binary_row(body: bytes, at: int, element: _Element, order: str) -> tuple[Row, int]:
    row: Row = []
    for _, kind, of_length in element.properties:
        form = f"{order}{kind}"
        if of_length:
            count = struct.unpack_from(f"{order}{of_length}", body, at)[0]
            at += struct.calcsize(f"{order}{of_length}")
            form = f"{order}{count}{kind}"
        values = struct.unpack_from(form, body, at)
        at += struct.calcsize(form)
        row.append(values if of_length else values[0])
    return row, at


def _text_row(body: bytes, at: int, element: _Element) -> tuple[Row, int]:
    end = body.find(b"\n", at)
    end = len(body) if end < 0 else end + 1
    words, row, word_index = body[at:end].split(), [], 0
    for _, kind, of_length in element.properties:
        if of_length and word_index < len(words):
            count, word_index = int(words[word_index]), word_index + 1
        else:
            count = 1
        if len(words) < word_index + count:
            raise InputError(
                f"a row of {element.name} is '{body[at:end].decode('latin-1').strip()}': cut off or broken"
            )
        values = tuple((float if kind in "fd" else int)(word) for word in words[word_index : word_index + count])
        row.append(values if of_length else values[0])
        word_index += count
    return row, end


def _points(element: _Element, rows: list[Row]) -> np.ndarray:
    columns = [index for axis in "xyz" if (index := element.index_of(axis)) is not None]
    if len(columns) < 3:
        raise InputError("vertices without x, y or z")
    return np.array([[row[column] for column in columns] for row in rows], np.float64).reshape(-1, 3)


def _cut(rows: list[Row], of_corners: int, points: np.ndarray) -> list[Row]:
    """Rows of triangles; `of_corners`: which value of a row is its list of vertices.

    A list of two numbers a corner, such as coordinates of a texture, is cut with the corners.
    """
    corners = np.array([corner for row in rows for corner in row[of_corners]], np.int64)
    if len(corners) and (corners.min() < 0 or corners.max() >= len(points)):
        raise InputError(f"a face names a vertex that isn't there, expected 0 to {len(points) - 1}")
    sizes = np.array([len(row[of_corners]) for row in rows], np.int64)
    triangles, owners = polygons.triangles(points[corners], sizes)
    starts = np.cumsum(sizes) - sizes
    new = []
    for triangle, owner in zip((triangles - starts[owners][:, None]).tolist(), owners.tolist(), strict=True):
        row, size = rows[owner], len(rows[owner][of_corners])
        new.append([_at(values, triangle, size, cut=at == of_corners) for at, values in enumerate(row)])
    return new


def _at(values: Any, triangle: list[int], size: int, *, cut: bool) -> Any:
    if cut:
        return tuple(values[corner] for corner in triangle)
    if isinstance(values, tuple) and len(values) == 2 * size:
        return tuple(number for corner in triangle for number in values[2 * corner : 2 * corner + 2])
    return values


def _written(row: Row, element: _Element, order: str) -> bytes:
    parts = []
    for values, (_, kind, of_length) in zip(row, element.properties, strict=True):
        numbers = values if of_length else (values,)
        if order:
            parts.append(struct.pack(f"{order}{of_length}", len(numbers)) if of_length else b"")
            parts.append(struct.pack(f"{order}{len(numbers)}{kind}", *numbers))
        else:
            parts += [f"{len(numbers)} ".encode()] if of_length else []
            parts += [f"{number!r} ".encode() for number in numbers]
    return b"".join(parts) if order else b"".join(parts).rstrip() + b"\n"
