"""A folder of meshes, one subfolder per class, in any format of docs/formats.md.

An object is one mesh file. Its materials and textures may lie anywhere in the folder. y is up unless the file (DAE,
3MF) or the folder's manifest.csv (`mesh_manifest`) says otherwise.
"""

import os
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.core.params import Params
from fieldlink.scenes.importers import mesh_manifest
from fieldlink.scenes.importers.companion_digests import BESIDE, CompanionDigests, geometry_digest
from fieldlink.scenes.importers.folder_files import (
    class_folders,
    files_by_class,
    has_suffix,
    listed_files,
    passed_over,
)
from fieldlink.scenes.importers.gltf.compression import missing_decoders
from fieldlink.scenes.importers.listing import UNLABELLED, Listing
from fieldlink.scenes.importers.mesh_files.reading import NOT_READ, SUFFIXES, read_mesh
from fieldlink.scenes.meshes import Mesh
from fieldlink.scenes.source_types import IMPORTED, MeshSource, ObjectTask


def listing(folder: Path, classes: Collection[str]) -> Listing:
    """Every mesh file below a class subfolder, as `<class>.<file stem>`; files with equal bytes count once."""
    class_of = {path: path.name for path in class_folders(folder, classes, _is_listed)}
    listed = _listed(folder, class_of)
    listed.other_files |= passed_over(folder, class_of, BESIDE | {".csv"})
    return listed


def unlabelled_listing(folder: Path) -> Listing:
    """Every mesh file below a folder without classes, as `<file stem>`; files with equal bytes count once."""
    return _listed(folder, {folder: UNLABELLED})


def _listed(folder: Path, class_of: Mapping[Path, str]) -> Listing:
    """`class_of`: the class of each folder below which all files are listed."""
    ups, companions, seen = mesh_manifest.ups(folder), CompanionDigests(folder), set()

    def details(path: Path) -> dict[str, str]:
        seen.add(key := mesh_manifest.key(path.relative_to(folder).as_posix()))
        if reason := NOT_READ.get(path.suffix.lower()):
            raise InputError(f"{path}: {reason}")
        data = read_foreign(path)
        looks = companions.digest(path, data) + missing_decoders(data)  # tried again once a decoder is there
        return {"content": geometry_digest(path, data, folder), "companions": looks, "up": ups.get(key, "")}

    listed = listed_files(folder, class_of, _is_listed, details, BESIDE).without_duplicates()
    listed.other_files += Counter({f"rows of {mesh_manifest.MANIFEST} that name no mesh": len(ups.keys() - seen)})
    return listed


def _is_listed(path: Path) -> bool:
    """Whether a file is a mesh; one of a format that isn't read is, where no other format of it lies beside."""
    suffix = path.suffix.lower()
    others = (path.with_suffix(other) for other in SUFFIXES) if suffix in NOT_READ else ()
    return suffix in SUFFIXES or (suffix in NOT_READ and not any(map(os.path.isfile, others)))


def read(path: Path, up: str = "", within: Path | None = None) -> Mesh:
    """The mesh with its colours, of unit diagonal, centred, y up. Raises `InputError` if it can't be used.

    `up` is the axis, y or z, that points up in the file's own coordinates. If it is empty, the file decides, else it is
    y. `within` is the folder in which materials and textures may lie, by default the mesh's own.
    """
    return read_mesh(path, path.parent if within is None else within, up)


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
    single_scenes=False,
    every_class=True,
    captions=False,
    trial=None,
    trial_extent="",
    mesh=_mesh,
)
