"""Digests of the files that meshes may name: what an object's shape and looks depend on beside its own file."""

import json
from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from fieldlink.core.digests import bytes_digest, digest_of
from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.scenes import picture_formats
from fieldlink.scenes.importers.listing import companions_digest
from fieldlink.scenes.importers.mesh_files.companions import CompanionFiles, shared
from fieldlink.scenes.importers.mesh_files.named_files import beside
from fieldlink.scenes.importers.mesh_files.reading import SUFFIXES

BESIDE = picture_formats.SUFFIXES | {".mtl", ".bin", ".ktx2", ".txt", ".md"}  # files that lie beside meshes
LARGEST_LIBRARY = 2**26  # bytes of a material library that is searched for names


class CompanionDigests:
    """Digests of the files that the meshes of a folder may name (see `CompanionFiles`), each read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._named = cache(beside)
        self._around = cache(self._files_around)
        self._in_library = cache(_mentioned_in)
        self._beside = cache(lambda folder, kinds: companions_digest(_of_kinds(self._named(folder), kinds)))
        self._shared = cache(lambda folder, kinds: companions_digest(_of_kinds(shared(folder, SUFFIXES), kinds)))

    def digest(self, mesh: Path, data: bytes) -> str:
        """Of all that a mesh of these bytes may name as its material, texture or buffer.

        These are files of a usual suffix or without one, and those of a suffix that the mesh or a library mentions.
        """
        kinds, above = self._kinds(mesh, data), self._above(mesh.parent)
        return digest_of(self._beside(mesh.parent, kinds), *(self._shared(other, kinds) for other in above))

    def _above(self, folder: Path) -> list[Path]:
        return [other for other in folder.parents if other.is_relative_to(self.root)]

    def _files_around(self, folder: Path) -> list[Path]:
        return [*self._named(folder), *(path for other in self._above(folder) for path in shared(other, SUFFIXES))]

    def _kinds(self, mesh: Path, data: bytes) -> frozenset[str]:
        """The unusual suffixes around a mesh that it mentions, or that a library mentions which it may name."""
        files = self._around(mesh.parent)
        unusual = {path.suffix.lower() for path in files} - BESIDE - SUFFIXES - {""}
        mentioned = _mentioned(data, unusual)
        for path in files if unusual else ():
            if path.suffix.lower() in {".mtl"} | mentioned:
                mentioned |= self._in_library(path, frozenset(unusual))
        return frozenset(mentioned)


def _mentioned_in(library: Path, suffixes: frozenset[str]) -> set[str]:
    try:
        return _mentioned(read_foreign(library, LARGEST_LIBRARY), suffixes)
    except InputError:  # the mesh is drawn without it
        return set()


def _mentioned(data: bytes, suffixes: Collection[str]) -> set[str]:
    data = data.lower() if suffixes else b""
    return {suffix for suffix in suffixes if suffix.encode() in data}


def _of_kinds(paths: Iterable[Path], kinds: Collection[str]) -> list[Path]:
    return [path for path in paths if path.suffix.lower() in BESIDE | {"", *kinds}]


def geometry_digest(path: Path, data: bytes, root: Path) -> str:
    """Digest of a mesh file, and of the buffers that a glTF in text names: two equal texts may hold two shapes."""
    companions, digests = CompanionFiles(path, root, SUFFIXES), []
    for name in _buffers(data) if path.suffix.lower() == ".gltf" else ():
        with suppress(InputError):  # a buffer that isn't there is an error when the mesh is read
            digests.append(bytes.fromhex(bytes_digest(companions.read(name))))
    return bytes_digest(data, *digests)


def _buffers(data: bytes) -> list[str]:
    """The files that a glTF document names as its buffers; none if it is no document, which reading it will say."""
    try:
        uris = [buffer.get("uri") for buffer in json.loads(data.decode("utf-8-sig").rstrip("\0 "))["buffers"]]
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return []
    return [uri for uri in uris if isinstance(uri, str) and not uri.lower().startswith("data:")]
