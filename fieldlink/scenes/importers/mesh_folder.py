"""A folder of meshes, one subfolder per class, in any format trimesh reads. The one import of trimesh's loaders.

An object is one mesh file with its materials and textures beside it. y is up unless the folder's manifest.csv (columns
path, up) says z.
"""

import csv
import hashlib
from collections import Counter
from collections.abc import Collection
from pathlib import Path

import numpy as np
import trimesh
from trimesh.resolvers import FilePathResolver

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.core.params import Params
from fieldlink.scenes import picture_formats
from fieldlink.scenes.importers.folder_files import class_folders, files_by_class, has_suffix, listed_files
from fieldlink.scenes.importers.listing import Listing, files_digest
from fieldlink.scenes.importers.mesh_colours import textured
from fieldlink.scenes.meshes import Mesh, checked, normalised, transformed
from fieldlink.scenes.sources import IMPORTED, MeshSource, ObjectTask

SUFFIXES = {".glb", ".gltf", ".obj", ".dae", ".off", ".ply", ".stl", ".3mf"}
BESIDE = picture_formats.SUFFIXES | {".mtl", ".bin", ".ktx2", ".txt", ".md"}  # files that lie beside meshes
Z_TO_Y = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, -1, 0, 0]], np.float32)


def listing(folder: Path, classes: Collection[str]) -> Listing:
    """Every mesh file below a class subfolder, as `<class>.<file stem>`; files with equal bytes count once."""
    ups = _ups(folder)

    def details(path: Path) -> dict[str, str]:
        content = hashlib.sha256(read_foreign(path)).hexdigest()
        up = ups.get(path.relative_to(folder).as_posix(), "y")
        return {"content": content, "companions": _companions(path), "up": up}

    class_of = {path: path.name for path in class_folders(folder, classes)}
    return listed_files(folder, class_of, has_suffix(SUFFIXES), details, BESIDE).without_duplicates()


def read(path: Path, up: str, within: Path | None = None) -> Mesh:
    """The mesh with its colours, of unit diagonal, centred, y up. Raises `InputError` if it can't be used.

    `up`: y or z, the axis that points up in the file. `within`: materials and textures may lie anywhere in this folder;
    without it, only in the mesh's own.
    """
    try:
        scene = trimesh.load_scene(path, process=False, resolver=_Within(path, within) if within else None)
        parts = [part for part in scene.dump() if isinstance(part, trimesh.Trimesh)]
    except Exception as error:  # loaders raise exceptions of any kind
        raise InputError(f"{path}: cannot be read as a mesh ({type(error).__name__}: {error})") from error
    parts = [part for part in parts if len(part.faces)]
    if not parts:
        raise InputError(f"{path}: mesh without faces, at least one expected")
    starts = np.cumsum([0, *(len(part.vertices) for part in parts)])
    vertices = np.concatenate([part.vertices for part in parts]).astype(np.float32)
    faces = np.concatenate([part.faces + start for part, start in zip(parts, starts, strict=False)]).astype(np.int32)
    linear = path.suffix.lower() in {".glb", ".gltf"}
    model = checked(Mesh(vertices, faces, textured(vertices[faces], parts, linear)), str(path))
    return normalised(transformed(model, Z_TO_Y) if up == "z" else model)


class _Within(FilePathResolver):
    """Files named relative to the mesh's own folder, anywhere below `root`."""

    def __init__(self, mesh: Path, root: Path) -> None:
        super().__init__(str(mesh))
        self.root = root.resolve()

    def absolute(self, name: str) -> Path:
        path = (Path(self.parent) / name.strip()).resolve()
        if not path.is_relative_to(self.root):
            raise ValueError(f"'{name}' lies outside {self.root}")
        return path


def _ups(folder: Path) -> dict[str, str]:
    """Up axis by path, from manifest.csv if there is one with these columns."""
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        return {}
    with manifest.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows or not {"path", "up"} <= rows[0].keys():
        return {}
    for number, row in enumerate(rows, start=2):
        if row["up"] not in ("y", "z"):
            raise InputError(f"{manifest}: line {number}: up is '{row['up']}', expected y or z")
    return {row["path"]: row["up"] for row in rows}


def _companions(path: Path) -> str:
    """Digest of the files beside a mesh that aren't meshes: its materials and textures."""
    files = (other for other in sorted(path.parent.rglob("*")) if other.is_file())
    return files_digest(other for other in files if other.suffix.lower() not in SUFFIXES)


def count(params: Params) -> Counter[str]:
    """Mesh files of each class."""
    return files_by_class(params.scenes.folder, params.classes, has_suffix(SUFFIXES))


def _mesh(task: ObjectTask) -> Mesh:
    assert task.item is not None, f"{task.row.object_id} was not listed"
    return read(task.item.path, task.item.up)


SOURCE = MeshSource(
    title="meshes (glb, gltf, obj, dae, off, ply, stl)",
    page_text="meshes from a folder",
    parameters=IMPORTED,
    count=count,
    listing=listing,
    mesh=_mesh,
)
