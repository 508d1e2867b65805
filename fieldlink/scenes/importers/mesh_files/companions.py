"""Files that a mesh file names: materials, textures, buffers.

A reference is looked for where it says, relative to the mesh. If nothing is there (another computer's path, other
case), the file name is looked for below the mesh's folder, then in the folders above as far as the root. There,
folders that hold other meshes are left out: their textures are theirs.
"""

import os
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

from fieldlink.core.errors import InputError, valid_text
from fieldlink.core.files import read_foreign
from fieldlink.scenes.importers.folder_files import is_left_behind

LONGEST_SHOWN = 255  # characters of a name in notes


class CompanionFiles:
    """Reads the files that one mesh names, and remembers which it found by their names."""

    def __init__(self, mesh: Path, root: Path, mesh_suffixes: Collection[str]) -> None:
        self.folder, self.root = absolute(mesh.parent), absolute(root)
        self.mesh_suffixes = mesh_suffixes
        self.found_by_name: list[str] = []

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises `InputError` with its name below the root if there is none that can be read."""
        path = self._there(name) or self._by_name(name)
        if path is None:
            raise InputError(f"{_short(plain(name))} not found")
        try:
            return read_foreign(path)
        except InputError as error:
            reason = str(error).removeprefix(valid_text(f"{path}: "))
            raise InputError(f"{path.relative_to(self.root)}: {reason}") from error

    def has(self, name: str) -> bool:
        """Whether there is a file where the reference says."""
        return self._there(name) is not None

    def notes(self) -> list[str]:
        """For the user: the files found by their names."""
        return [f"found by name: {listed(self.found_by_name)}"] if self.found_by_name else []

    def _there(self, name: str) -> Path | None:
        """The file at the place that the reference names, if that lies below the root."""
        for written in dict.fromkeys([name, plain(name)]):
            path = absolute(self.folder / written.replace("\0", ""))
            if path.is_relative_to(self.root) and _is_file(path):
                return path
        return None

    def _by_name(self, name: str) -> Path | None:
        """The file of that name whose folders agree best; None if there is none, or if two agree equally well."""
        wanted = [part.casefold() for part in plain(name).split("/")]
        for folder in (self.folder, *self._above()):
            files = beside(folder) if folder == self.folder else shared(folder, self.mesh_suffixes)
            agreeing = sorted(((_agreement(path, wanted), path) for path in files), key=lambda pair: -pair[0])
            best = [path for count, path in agreeing if count == agreeing[0][0] > 0]
            if len(best) == 1:
                self.found_by_name.append(f"{plain(name)} as {os.path.relpath(best[0], self.folder)}")
                return best[0]
        return None

    def _above(self) -> Iterator[Path]:
        """The folders from the mesh's parent folder up to the root."""
        return (folder for folder in self.folder.parents if folder.is_relative_to(self.root))


def plain(name: str) -> str:
    """A reference as a path with forward slashes: without quotes, `file:` and percent-encoding."""
    name = unquote(name.strip().strip("\"'"), errors="replace").replace("\\", "/")
    return re.sub(r"^file:/*(?=/|[A-Za-z]:)|^file:", "", name, flags=re.IGNORECASE).removeprefix("./")


def absolute(path: Path) -> Path:
    """The path without `..`; links stay, so that a link inside a folder counts as inside."""
    return Path(os.path.abspath(path))  # noqa: PTH100 (it would follow links)


def listed(entries: Sequence[str]) -> str:
    """At most five entries, with commas."""
    return ", ".join([*entries[:5], *(["…"] if len(entries) > 5 else [])])


def beside(folder: Path) -> list[Path]:
    """All files below a folder, in order, without what operating systems leave behind."""
    files = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_left_behind(name))
        files += [Path(parent, name) for name in sorted(names) if not is_left_behind(name)]
    return [path for path in files if _is_file(path)]


def shared(folder: Path, mesh_suffixes: Collection[str]) -> list[Path]:
    """A folder's own files, and those below its subfolders without any mesh."""
    files = []
    for path in _entries(folder):
        if _is_file(path):
            files.append(path)
        elif os.path.isdir(path):  # noqa: PTH112 (see `_is_file`)
            below = beside(path)
            if not any(other.suffix.lower() in mesh_suffixes for other in below):
                files += below
    return files


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, in order; nothing if it can't be listed."""
    try:
        return sorted(path for path in folder.iterdir() if not is_left_behind(path.name))
    except OSError:
        return []


def _is_file(path: Path) -> bool:
    """Whether a file is there. A name that is too long, or a folder that can't be entered, has none."""
    return os.path.isfile(path)  # noqa: PTH113 (`Path.is_file` raises errors then)


def _short(name: str) -> str:
    """The start of a name that is longer than any file's, such as a data URI."""
    return name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"


def _agreement(path: Path, wanted: list[str]) -> int:
    """How many parts of two paths agree, from the file name backwards."""
    count = 0
    for part, other in zip(reversed(path.parts), reversed(wanted), strict=False):
        if part.casefold() != other:
            break
        count += 1
    return count
