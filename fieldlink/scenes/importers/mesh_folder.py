"""A folder of meshes, one subfolder per class, in any format of docs/formats.md.

An object is one mesh file. Its materials and textures may lie anywhere in the folder. y is up unless the file (DAE) or
the folder's manifest.csv (columns path, up: y or z, in the file's own coordinates) says otherwise.
"""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from fieldlink.core.digests import bytes_digest, digest_of
from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign, read_foreign_text
from fieldlink.core.params import Params
from fieldlink.scenes import picture_formats
from fieldlink.scenes.importers.folder_files import (
    class_folders,
    files_by_class,
    has_suffix,
    listed_files,
    passed_over,
)
from fieldlink.scenes.importers.gltf.compression import missing_decoders
from fieldlink.scenes.importers.listing import UNLABELLED, Listing, companions_digest
from fieldlink.scenes.importers.mesh_files.companions import beside, shared
from fieldlink.scenes.importers.mesh_files.reading import NOT_READ, SUFFIXES, read_mesh
from fieldlink.scenes.meshes import Mesh
from fieldlink.scenes.sources import IMPORTED, MeshSource, ObjectTask

BESIDE = picture_formats.SUFFIXES | {".mtl", ".bin", ".ktx2", ".txt", ".md"}  # files that lie beside meshes
MANIFEST = "manifest.csv"


def listing(folder: Path, classes: Collection[str]) -> Listing:
    """Every mesh file below a class subfolder, as `<class>.<file stem>`; files with equal bytes count once."""
    class_of = {path: path.name for path in class_folders(folder, classes, _is_listed)}
    listed = _listed(folder, class_of)
    listed.other_files |= passed_over(folder, class_of)
    return listed


def unlabelled_listing(folder: Path) -> Listing:
    """Every mesh file below a folder without classes, as `<file stem>`; files with equal bytes count once."""
    return _listed(folder, {folder: UNLABELLED})


def _listed(folder: Path, class_of: Mapping[Path, str]) -> Listing:
    """`class_of`: the class of each folder below which all files are listed."""
    ups, companions = _ups(folder), _Companions(folder)

    def details(path: Path) -> dict[str, str]:
        if reason := NOT_READ.get(path.suffix.lower()):
            raise InputError(f"{path}: {reason}")
        data = read_foreign(path)
        up = ups.get(path.relative_to(folder).as_posix(), "")
        looks = companions.digest(path.parent) + missing_decoders(data)  # tried again once a decoder is there
        return {"content": _geometry_digest(path, data), "companions": looks, "up": up}

    return listed_files(folder, class_of, _is_listed, details, BESIDE).without_duplicates()


def _geometry_digest(path: Path, data: bytes) -> str:
    """Digest of a mesh file, and of the buffers that a glTF in text names: two equal texts may hold two shapes."""
    names = re.findall(rb'"uri"\s*:\s*"([^":]+\.bin)"', data) if path.suffix.lower() == ".gltf" else []
    buffers = [path.parent / unquote(os.fsdecode(name)) for name in names]
    digests = [bytes.fromhex(bytes_digest(read_foreign(buffer))) for buffer in buffers if buffer.is_file()]
    return bytes_digest(data, *digests)


def _is_listed(path: Path) -> bool:
    """Whether a file is a mesh; one of a format that isn't read is, where no other format of it lies beside."""
    suffix = path.suffix.lower()
    others = (path.with_suffix(other) for other in SUFFIXES) if suffix in NOT_READ else ()
    return suffix in SUFFIXES or (suffix in NOT_READ and not any(other.is_file() for other in others))


class _Companions:
    """Digests of the files that the meshes of a folder may name (see `CompanionFiles`), each read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.digest = cache(self._digest)
        self._shared = cache(lambda folder: companions_digest(_nameable(shared(folder, SUFFIXES))))

    def _digest(self, folder: Path) -> str:
        """Of the meshes that lie in a folder."""
        above = [other for other in folder.parents if other.is_relative_to(self.root)]
        return digest_of(companions_digest(_nameable(beside(folder))), *(self._shared(other) for other in above))


def _nameable(paths: Iterable[Path]) -> list[Path]:
    """Those of a suffix that a mesh may name as its material, texture or buffer, and those without a suffix."""
    return [path for path in paths if path.suffix.lower() in BESIDE or not path.suffix]


def read(path: Path, up: str = "", within: Path | None = None) -> Mesh:
    """The mesh with its colours, of unit diagonal, centred, y up. Raises `InputError` if it can't be used.

    `up` is the axis, y or z, that points up in the file's own coordinates. If it is empty, the file decides, else it is
    y. `within` is the folder in which materials and textures may lie, by default the mesh's own.
    """
    return read_mesh(path, path.parent if within is None else within, up)


def _ups(folder: Path) -> dict[str, str]:
    """Up axis by path, from manifest.csv if there is one with these columns."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return {}
    rows = list(csv.DictReader(io.StringIO(read_foreign_text(manifest), newline="")))
    if not rows or not {"path", "up"} <= rows[0].keys():
        return {}
    for number, row in enumerate(rows, start=2):
        if row["up"] not in ("y", "z"):
            raise InputError(f"{manifest}: line {number}: up is '{row['up']}', expected y or z")
    return {row["path"]: row["up"] for row in rows}


def count(params: Params) -> Counter[str]:
    """Mesh files of each class."""
    return files_by_class(params.scenes.folder, params.classes, has_suffix(SUFFIXES))


def _mesh(task: ObjectTask) -> Mesh:
    assert task.item is not None, f"{task.row.object_id} was not listed"
    return read(task.item.path, task.item.up, within=task.scenes.folder)


SOURCE = MeshSource(
    title="meshes (glb, gltf, obj, dae, off, ply, stl, 3mf)",
    page_text="meshes from a folder",
    parameters=IMPORTED,
    count=count,
    listing=listing,
    mesh=_mesh,
)
