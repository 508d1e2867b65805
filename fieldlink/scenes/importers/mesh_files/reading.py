"""A mesh file of any format as a mesh: of unit diagonal, centred, y up, with its colours."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from jaxtyping import Float, Integer

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.scenes.importers import gltf
from fieldlink.scenes.importers.mesh_colours import SurfaceAlbedo, SurfaceOpacity, painted
from fieldlink.scenes.importers.mesh_files import dae, off, ply, stl, threemf, wavefront
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles
from fieldlink.scenes.importers.mesh_files.mesh_parts import MOST_FACES, OPAQUE, MeshFile
from fieldlink.scenes.meshes import Mesh, checked

ALONE = {".off": off.read, ".stl": stl.read, ".3mf": threemf.read}  # formats that name no other file
WITH_COMPANIONS = {
    **{".glb": gltf.read, ".gltf": gltf.read, ".obj": wavefront.read},
    **{".dae": dae.read, ".ply": ply.read},
}
SUFFIXES = {*ALONE, *WITH_COMPANIONS}
NOT_READ = {".fbx": "FBX isn't read; export it as GLB"}
LEAST_SHARE = 1e-12  # twice a face's area in squares of its longest edge
TO_Y = {  # the file's axes → x, y up, z
    "x": np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]),
    "y": np.eye(3),
    "z": np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]]),
}


def read_mesh(path: Path, root: Path, up: str = "") -> Mesh:
    """The mesh with its colours. Raises `InputError` if it can't be used.

    `root` is the folder in which its materials and textures may lie. `up` is the axis, y or z, that points up in the
    file's own coordinates. If it is empty, the file decides.
    """
    suffix, companions = path.suffix.lower(), CompanionFiles(path, root, SUFFIXES)
    if suffix in NOT_READ:
        raise InputError(f"{path}: {NOT_READ[suffix]}")
    data = read_foreign(path)
    with _naming(path):
        file = _parsed(data, suffix, companions)
    parts = [part for part in file.parts if len(part.faces)]
    if not parts:
        raise InputError(f"{path}: {'; '.join(['mesh without faces, at least one expected', *file.notes])}")
    if (count := sum(len(part.faces) for part in parts)) > MOST_FACES:
        raise InputError(f"{path}: {count:,} faces, at most {MOST_FACES:,} expected")
    file = MeshFile(parts, up or file.up, file.linear, [*file.notes, *companions.notes()])
    with _naming(path):
        vertices, faces = _joined(file)
        file, faces = _with_area(file, vertices, faces)
    checked(Mesh(vertices, faces, lambda points, face: points), str(path))
    with _naming(path):
        return _mesh(vertices, faces, file)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Whatever a reader raises in the block is an `InputError` that names the file."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except Exception as error:  # loaders raise exceptions of any kind
        raise InputError(f"{path}: cannot be read as a mesh ({type(error).__name__}: {_same(error)})") from error


def _parsed(data: bytes, suffix: str, companions: CompanionFiles) -> MeshFile:
    return ALONE[suffix](data) if suffix in ALONE else WITH_COMPANIONS[suffix](data, companions)


def _joined(file: MeshFile) -> tuple[Float[np.ndarray, "vertex 3"], Integer[np.ndarray, "face 3"]]:
    """Vertices and faces of all parts, y up."""
    starts = np.cumsum([0, *(len(part.vertices) for part in file.parts)])
    with np.errstate(invalid="ignore"):  # vertices that no face uses may be anything
        vertices = np.concatenate([part.vertices for part in file.parts]) @ TO_Y[file.up].T
    return vertices, np.concatenate([part.faces + start for part, start in zip(file.parts, starts, strict=False)])


def _with_area(
    file: MeshFile, vertices: Float[np.ndarray, "vertex 3"], faces: Integer[np.ndarray, "face 3"]
) -> tuple[MeshFile, Integer[np.ndarray, "_ 3"]]:
    """The faces that have an area: the others are never seen, and would count in the size of the mesh.

    glTF hides a part by a scale of 0. A mesh without any area, or with faces of no vertex, is left to `checked`.
    """
    if faces.min() < 0 or faces.max() >= len(vertices):
        return file, faces
    corners = vertices[faces]
    edges = corners - np.roll(corners, 1, axis=1)
    area, longest = np.linalg.norm(np.cross(edges[:, 0], edges[:, 1]), axis=1), np.square(edges).sum(2).max(1)
    seen = ~(area <= LEAST_SHARE * longest)  # also where it isn't a number
    if seen.all() or not seen.any():
        return file, faces
    of_parts = np.split(seen, np.cumsum([len(part.faces) for part in file.parts])[:-1])
    parts = [replace(part, faces=part.faces[chosen]) for part, chosen in zip(file.parts, of_parts, strict=True)]
    return replace(file, parts=[part for part in parts if len(part.faces)]), faces[seen]


def _mesh(vertices: Float[np.ndarray, "vertex 3"], faces: Integer[np.ndarray, "face 3"], file: MeshFile) -> Mesh:
    """Moved in float64: coordinates far from the origin lose nothing. Unused vertices are dropped."""
    used, faces = np.unique(faces, return_inverse=True)
    vertices, faces = _normalised(vertices[used]).astype(np.float32), faces.reshape(-1, 3).astype(np.int32)
    surface = painted(vertices[faces], file)
    see_through = bool((surface.cutoff != OPAQUE).any())
    opacity = SurfaceOpacity(surface) if see_through else None
    return Mesh(vertices, faces, SurfaceAlbedo(surface), opacity, tuple(file.notes))


def _normalised(vertices: Float[np.ndarray, "vertex 3"]) -> Float[np.ndarray, "vertex 3"]:
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    return (vertices - (low + high) / 2) / np.linalg.norm(high - low)


def _same(error: Exception) -> str:
    """An error's words, equal in two runs."""
    return re.sub(r" at 0x[0-9a-f]+", "", str(error))
