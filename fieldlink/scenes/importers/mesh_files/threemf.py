"""3MF: objects of all its models, with colours of triangles. A reader of our own: trimesh's drops colours and mixes up
objects of equal number in several models.
"""

import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jaxtyping import Float
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from fieldlink.core.errors import InputError
from fieldlink.scenes.importers.mesh_files.mesh_parts import GREY, WHITE, Layer, MeshFile, Part
from fieldlink.scenes.importers.mesh_files.texture_images import drawn_without

MAIN, PATH = "3D/3dmodel.model", "{http://schemas.microsoft.com/3dmanufacturing/production/2015/06}path"
READ = (
    "/core/",
    "/production/",
    "/material/",
    "/slice/",
)  # in the names of extensions that are read, or change no mesh
MOST_BYTES = 2**30  # of a model, unpacked
DEEPEST = 16  # objects in objects
NO_COLOUR = (GREY, GREY, GREY)


@dataclass
class _Package:
    """The models of a file, each read once."""

    archive: zipfile.ZipFile
    models: dict[str, Any] = field(default_factory=dict)
    groups: set[tuple[str, str]] = field(default_factory=set)  # of colours that triangles name
    lost: set[tuple[str, str]] = field(default_factory=set)  # those that aren't plain colours

    def model(self, path: str) -> Any:
        path = path.lstrip("/")
        if path not in self.models:
            entry = next((entry for entry in self.archive.infolist() if entry.filename.lower() == path.lower()), None)
            if entry is None or entry.file_size > MOST_BYTES:
                raise InputError(f"{path}: not in the file, or of more than {MOST_BYTES:,} bytes")
            root = etree.fromstring(self.archive.read(entry), etree.XMLParser(resolve_entities=False, huge_tree=True))
            names = {root.nsmap.get(prefix, prefix) for prefix in root.get("requiredextensions", "").split()}
            if unknown := sorted(name for name in names if not any(part in name for part in READ)):
                raise InputError(f"the file needs {', '.join(unknown)}, which isn't read here; export it without")
            self.models[path] = root
        return self.models[path]


def read(data: bytes) -> MeshFile:
    """The build's objects, moved to their places. Raises `InputError` for what can't be drawn right."""
    package = _Package(zipfile.ZipFile(io.BytesIO(data)))
    parts: list[Part] = []
    for item in package.model(MAIN).iterfind("{*}build/{*}item"):
        parts += _placed(package, item, MAIN, np.eye(4), 0)
    names = [f"{kind} isn't read" for kind in sorted({kind for kind, _ in package.lost})]
    return MeshFile(parts, notes=drawn_without("colour groups", len(package.lost), len(package.groups), names))


def _placed(package: _Package, reference: Any, path: str, above: Float[np.ndarray, "4 4"], depth: int) -> list[Part]:
    """The parts of the object that an item or component names, in the frame of the build."""
    path, number = reference.get(PATH) or path, reference.get("objectid")
    entries = [entry for entry in package.model(path).iterfind("{*}resources/{*}object") if entry.get("id") == number]
    if not entries:
        raise InputError(f"{path}: no object {number}")
    if depth > DEEPEST:
        raise InputError(f"{path}: object {number} lies in {depth} others, at most {DEEPEST} expected")
    matrix = above @ _transform(reference.get("transform"))
    components = entries[0].iterfind("{*}components/{*}component")
    parts = [part for component in components for part in _placed(package, component, path, matrix, depth + 1)]
    mesh = entries[0].find("{*}mesh")
    return parts if mesh is None else [*parts, _part(package, path, entries[0], mesh, matrix)]


def _transform(text: str | None) -> Float[np.ndarray, "4 4"]:
    """Twelve numbers, which multiply rows from the right, as a matrix that multiplies columns from the left."""
    matrix = np.eye(4)
    if text:
        matrix[:3] = np.array(text.split(), np.float64).reshape(4, 3).T
    return matrix


def _part(package: _Package, path: str, entry: Any, mesh: Any, matrix: Float[np.ndarray, "4 4"]) -> Part:
    """A mesh with the colours of its triangles' corners."""
    rows = [[vertex.get(axis) for axis in "xyz"] for vertex in mesh.iterfind("{*}vertices/{*}vertex")]
    vertices = np.array(rows, np.float64).reshape(-1, 3) @ matrix[:3, :3].T + matrix[:3, 3]
    triangles = list(mesh.iterfind("{*}triangles/{*}triangle"))
    faces = np.array([[triangle.get(name) for name in ("v1", "v2", "v3")] for triangle in triangles], np.int64)
    faces = faces.reshape(-1, 3)
    if len(faces) and (faces.min() < 0 or faces.max() >= len(vertices)):
        raise InputError(f"a triangle names vertex {faces.max()}, expected 0 to {len(vertices) - 1}")
    groups: dict[str, list[tuple[float, ...]]] = {}
    colours = np.ones((len(faces), 3, 4))
    for row, triangle in enumerate(triangles):
        group = triangle.get("pid") or entry.get("pid")
        first = triangle.get("p1") or entry.get("pindex") or "0"
        places = [int(place) for place in (first, triangle.get("p2") or first, triangle.get("p3") or first)]
        if group is not None and group not in groups:
            groups[group] = _colours(package, path, group)
        colours[row, :, :3] = [_at(groups.get(group or "", []), place) for place in places]
    corners = np.arange(faces.size).reshape(-1, 3)
    return Part(vertices[faces].reshape(-1, 3), corners, Layer(WHITE), colours.reshape(-1, 4))


def _at(colours: list[tuple[float, ...]], place: int) -> tuple[float, ...]:
    return colours[place] if 0 <= place < len(colours) else NO_COLOUR


def _colours(package: _Package, path: str, group: str) -> list[tuple[float, ...]]:
    """The colours of a group of materials or colours; none of a group of another kind, which is noted."""
    resources = package.model(path).find("{*}resources")
    entries = [entry for entry in resources if isinstance(entry.tag, str) and entry.get("id") == group]
    kind = etree.QName(entries[0]).localname if entries else f"group {group}"
    package.groups.add((kind, f"{path} {group}"))
    texts = [entry.get("displaycolor") or entry.get("color") for entry in entries[0]] if entries else []
    if kind not in ("basematerials", "colorgroup"):
        package.lost.add((kind, f"{path} {group}"))
        return []
    return [_colour(text) if text else NO_COLOUR for text in texts]


def _colour(text: str) -> tuple[float, ...]:
    """`#RRGGBB` or `#RRGGBBAA`, whose alpha doesn't count."""
    return tuple(channel / 255 for channel in bytes.fromhex(text.strip().lstrip("#"))[:3])
