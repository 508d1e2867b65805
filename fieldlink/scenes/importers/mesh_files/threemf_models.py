"""Models of a 3MF file, read as a stream: rows of meshes become numbers at once, the rest a small tree.

As a tree a packed file of 50 KB may need gigabytes.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.mesh_parts import MOST_FACES

MOST_ELEMENTS = 1_000_000  # of a model beside the rows of its meshes, with their attributes
RESOURCE = 3  # how deep a resource or an item of the build lies
INSIDE = ("mesh", "components", "component", "base", "color")  # what counts within a resource
Look = tuple[str | None, str | None, str | None, str | None]


@dataclass
class MeshRows:
    """Vertices and triangles of a mesh."""

    coordinates: "array[float]" = field(default_factory=lambda: array("d"))  # x, y, z in turn
    corners: "array[int]" = field(default_factory=lambda: array("q"))  # v1, v2, v3 in turn
    looks: list[Look] = field(default_factory=list)  # pid, p1, p2, p3 of each triangle


@dataclass
class Model:
    """The tree of a model, and the rows of its meshes by their elements."""

    root: Any
    meshes: dict[Any, MeshRows]


class _Target:
    """What lxml hands the elements to, one by one. Text, comments and instructions count for nothing."""

    def __init__(self) -> None:
        self.tree = etree.TreeBuilder()
        self.root: Any = None
        self.meshes: dict[Any, MeshRows] = {}
        self.rows: MeshRows | None = None  # of the mesh that is being read
        self.looks: dict[Look, Look] = {}  # so that equal ones are one
        self.depth = self.elements = 0

    def start(self, tag: str, attributes: Any, nsmap: Any = None) -> None:
        name = tag.rpartition("}")[2]
        self.depth += 1
        if self.rows is not None and name == "vertex":
            self.rows.coordinates.extend(float(attributes.get(axis, "nan")) for axis in "xyz")
        elif self.rows is not None and name == "triangle":
            self._add_triangle(self.rows, attributes)
        else:
            self.elements += 1 + len(attributes)
            self._add_element(tag, name, attributes, nsmap)
        if self.elements > MOST_ELEMENTS or (self.rows and len(self.rows.coordinates) > 9 * MOST_FACES):
            raise InputError(f"a model of more than {MOST_ELEMENTS:,} elements or {MOST_FACES:,} faces")

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if self._counts(name):
            self.tree.end(tag)
        self.rows = None if name == "mesh" else self.rows
        self.depth -= 1

    def close(self) -> Any:
        """The root: lxml asks for it even after an error, which it raises then."""
        return self.root

    def _counts(self, name: str) -> bool:
        return self.depth <= RESOURCE or name in INSIDE

    def _add_element(self, tag: str, name: str, attributes: Any, nsmap: Any) -> None:
        if not self._counts(name):
            return
        element = self.tree.start(tag, attributes, {prefix or None: uri for prefix, uri in (nsmap or {}).items()})
        self.root = element if self.root is None else self.root
        if name == "mesh":
            self.rows = self.meshes[element] = MeshRows()

    def _add_triangle(self, rows: MeshRows, attributes: Any) -> None:
        rows.corners.extend(int(attributes[corner]) for corner in ("v1", "v2", "v3"))
        look = (attributes.get("pid"), attributes.get("p1"), attributes.get("p2"), attributes.get("p3"))
        rows.looks.append(self.looks.setdefault(look, look))
        if len(rows.looks) > MOST_FACES:
            raise InputError(f"more than {MOST_FACES:,} faces")


def model_of(chunks: Iterable[bytes]) -> Model:
    """The model of a file's XML, given piece by piece. Raises `InputError` for more elements or faces than are read."""
    target = _Target()
    parser = etree.XMLParser(target=target, resolve_entities=False)
    for chunk in chunks:
        parser.feed(chunk)
    return Model(parser.close(), target.meshes)
