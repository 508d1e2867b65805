"""Files that a mesh file names: materials, textures, buffers.

A reference is looked for where it says, relative to the mesh. If nothing is there (another computer's path, other
case), the file name is looked for below the mesh's folder, then in the folders above as far as the root. There,
folders that hold other meshes are left out: their textures are theirs. Names that differ only in their Unicode normal
form are one name: macOS takes é apart, most texts don't.
"""

import os
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from urllib.parse import unquote

from fieldlink.core.errors import InputError, valid_text
from fieldlink.core.files import read_foreign
from fieldlink.scenes.importers.folder_files import is_left_behind

LONGEST_SHOWN = 255  # characters of a name in notes


class CompanionFiles:
    """Reads the files that one mesh names, and remembers which it found by their names.

    Where the root is the disk's own, a reference may lead anywhere, and what isn't there is looked for by its name in
    the mesh's folder alone.
    """

    def __init__(self, mesh: Path, root: Path, mesh_suffixes: Collection[str]) -> None:
        self.folder, self.root = absolute(mesh.parent), absolute(root)
        self.mesh_suffixes = mesh_suffixes
        self.found_by_name: list[str] = []

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises `InputError` with its name below the root if there is none that can be read."""
        return self.contents(self.path(name))

    def path(self, name: str) -> Path:
        """The file of a reference. Raises `InputError` if there is none."""
        path = file_at(self.folder, name, self.root) or self._by_name(name)
        if path is None:
            raise InputError(f"{_short(plain(name))} not found")
        return path

    def contents(self, path: Path) -> bytes:
        """The bytes of a file that was found. Raises `InputError` with its name below the root if it can't be read.

        Where the root is the disk's own, that is its name from the mesh's folder.
        """
        try:
            return read_foreign(path)
        except InputError as error:
            reason = str(error).removeprefix(valid_text(f"{path}: "))
            start = self.folder if _is_disk(self.root) else self.root
            raise InputError(f"{os.path.relpath(path, start)}: {reason}") from error

    def as_mesh_names(self, name: str, library: Path) -> str | None:
        """A reference in a library as one in the mesh. It counts from the library's folder, else from the mesh's.

        None if there is no file at either place.
        """
        there, here = file_at(library.parent, name, self.root), file_at(self.folder, name, self.root)
        if there is None or there == here:
            return name if here else None
        return Path(os.path.relpath(there, self.folder)).as_posix()

    def notes(self) -> list[str]:
        """For the user: the files found by their names."""
        return [f"found by name: {listed(self.found_by_name)}"] if self.found_by_name else []

    def _by_name(self, name: str) -> Path | None:
        """The file of that name whose folders agree best; None if there is none, or if two agree equally well."""
        wanted = [folded(part) for part in plain(name).split("/")]
        for folder in (self.folder, *self._above()):
            files = below(folder) if folder == self.folder else shared(folder, self.mesh_suffixes)
            agreeing = sorted(((_agreement(path, wanted), path) for path in files), key=lambda pair: -pair[0])
            best = [path for count, path in agreeing if count == agreeing[0][0] > 0]
            if len(best) == 1:
                self.found_by_name.append(f"{plain(name)} as {os.path.relpath(best[0], self.folder)}")
                return best[0]
        return None

    def _above(self) -> Iterator[Path]:
        """The folders from the mesh's parent folder up to the root; none if that is the disk's own."""
        parents = () if _is_disk(self.root) else self.folder.parents
        return (folder for folder in parents if folder.is_relative_to(self.root))


def file_at(folder: Path, name: str, root: Path) -> Path | None:
    """The file at the place that a reference from a folder names, if that lies below the root."""
    for written in dict.fromkeys([name, plain(name)]):
        path = absolute(folder / written.replace("\0", ""))
        if path.is_relative_to(root) and is_file(path := _spelled(path, root)):
            return path
    return None


def plain(name: str) -> str:
    """A reference as a path with forward slashes: without quotes, `file:` and percent-encoding."""
    name = unquote(name.strip().strip("\"'"), errors="replace").replace("\\", "/")
    return re.sub(r"^file:/*(?=/|[A-Za-z]:)|^file:", "", name, flags=re.IGNORECASE).removeprefix("./")


def absolute(path: Path) -> Path:
    """The path without `..`; links stay, so that a link inside a folder counts as inside."""
    return Path(os.path.abspath(path))  # noqa: PTH100 (it would follow links)


def folded(name: str) -> str:
    """A name in the one form of all that differ in case or in their Unicode normal form."""
    return composed(name.casefold())


def composed(name: str) -> str:
    """A name in the one form of all that differ in their Unicode normal form: accents stand on their letters."""
    return unicodedata.normalize("NFC", name)


def listed(entries: Sequence[str]) -> str:
    """At most five entries, with commas."""
    return ", ".join([*entries[:5], *(["…"] if len(entries) > 5 else [])])


def below(folder: Path) -> list[Path]:
    """All files below a folder, without what operating systems leave behind: its own in order, then those of links.

    Each folder counts once, however many links lead to it, and a link to a folder above leads round.
    """
    files, walked, waiting, top = [], set[str](), [folder], os.path.realpath(folder)
    while waiting:
        for parent, folders, names in os.walk(waiting.pop(0)):
            folders[:] = sorted(name for name in folders if not is_left_behind(name))
            if (real := os.path.realpath(parent)) in walked or (walked and Path(top).is_relative_to(real)):
                folders.clear()
                continue
            walked.add(real)
            waiting += [path for path in (Path(parent, name) for name in folders) if path.is_symlink()]
            files += [Path(parent, name) for name in sorted(names) if not is_left_behind(name)]
    return [path for path in files if is_file(path)]


def disk(path: Path) -> Path:
    """The root of the disk that a path is on."""
    return Path(absolute(path).anchor)


def _is_disk(folder: Path) -> bool:
    return folder == folder.parent


def _spelled(path: Path, root: Path) -> Path:
    """The path as it is written on the disk, which may be in another Unicode normal form."""
    if str(path).isascii() or is_file(path):
        return path
    there = root
    for part in path.relative_to(root).parts:
        exact = there / part
        alike = (
            []
            if part.isascii() or os.path.lexists(exact)
            else [other for other in _entries(there) if composed(other.name) == composed(part)]
        )
        there = alike[0] if len(alike) == 1 else exact
    return there


def shared(folder: Path, mesh_suffixes: Collection[str]) -> list[Path]:
    """A folder's own files, and those below its subfolders without any mesh."""
    files = []
    for path in _entries(folder):
        if is_file(path):
            files.append(path)
        elif os.path.isdir(path):  # noqa: PTH112 (see `is_file`)
            others = below(path)
            if not any(other.suffix.lower() in mesh_suffixes for other in others):
                files += others
    return files


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, in order; nothing if it can't be listed, or has a name that no folder may have."""
    try:
        return sorted(path for path in folder.iterdir() if not is_left_behind(path.name))
    except (OSError, ValueError):
        return []


def is_file(path: Path) -> bool:
    """Whether a file is there. A name that is too long, or a folder that can't be entered, has none."""
    return os.path.isfile(path)  # noqa: PTH113 (`Path.is_file` raises errors then)


def _short(name: str) -> str:
    """The start of a name that is longer than any file's, such as a data URI."""
    return name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"


def _agreement(path: Path, wanted: list[str]) -> int:
    """How many parts of two paths agree, from the file name backwards."""
    count = 0
    for part, other in zip(reversed(path.parts), reversed(wanted), strict=False):
        if folded(part) != other:
            break
        count += 1
    return count
