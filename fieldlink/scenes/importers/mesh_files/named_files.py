"""Files that mesh files and material libraries name, also outside of a mesh's folder: what digests have to cover.

The readers decide what a statement says. Here any part of one that is a file's name counts.
"""

import json
import os
import re
import struct
from collections.abc import Iterable
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.files import read_foreign
from fieldlink.scenes.importers.mesh_files.companions import absolute, below, disk, file_at, is_file
from fieldlink.scenes.importers.mesh_files.text import text_of

LARGEST_TEXT = 2**28  # bytes of a file that is searched for names
MOST_WORDS = 16  # of a statement that are searched for names
STATEMENT = r"[ \t]+([^\r\n]*)"
URI = r'"uri"\s*:\s*("(?:[^"\\]|\\.)*")'
NAMING = {  # how the files of a suffix name others
    ".obj": re.compile(rf"mtllib{STATEMENT}"),
    ".mtl": re.compile(rf"map_kd{STATEMENT}", re.IGNORECASE),
    ".ply": re.compile(rf"TextureFile{STATEMENT}"),
    ".dae": re.compile(r"<(?:\w+:)?(?:init_from|ref)>([^<]*)"),
    ".gltf": re.compile(URI),
    ".glb": re.compile(URI),
}
GLB_HEAD = 20  # bytes before the JSON of a .glb: 12 of the file, 8 of the chunk


def beside(folder: Path) -> list[Path]:
    """All files that the meshes in a folder may find from there: those below it, and those elsewhere that they name."""
    files = below(folder)
    texts = [path for path in files if path.parent == folder or path.suffix.lower() == ".mtl"]
    return files + named_elsewhere(texts, files, folder, disk(folder))


def named_elsewhere(texts: Iterable[Path], listed_files: Iterable[Path], folder: Path, root: Path) -> list[Path]:
    """The files that texts name, and that these name in turn, by references below the root; without the listed ones.

    A reference counts from its text's folder, and from `folder`, where the meshes lie.
    """
    listed, named, waiting = {absolute(path) for path in listed_files}, set[Path](), list(texts)
    while waiting:
        text = waiting.pop()
        for name in _names(text):
            there = {file_at(start, name, root) for start in (text.parent, folder)} - {None} - listed - named
            new = [path for path in there if path is not None]
            named.update(new)
            waiting += new
    return sorted(named, key=lambda path: os.path.relpath(path, folder))  # wherever the folder lies


def _names(text: Path) -> list[str]:
    """All that may be a file's name in a text; nothing in one of another kind, or that can't be read."""
    naming = NAMING.get(text.suffix.lower())
    try:
        written = naming.findall(_text(text)) if naming else []
    except (InputError, OSError, struct.error):
        return []
    if naming and naming.pattern == URI:
        return [_decoded(uri) for uri in written if uri[1:6].lower() != "data:"]
    return list(dict.fromkeys(name for statement in written for name in _parts(statement)))


def _decoded(uri: str) -> str:
    """A string of JSON; as it is written where it is none."""
    try:
        return json.loads(uri, strict=False)
    except ValueError:
        return uri


def _parts(statement: str) -> list[str]:
    """A statement, and all its parts of whole words: there may be options, several names, spaces and a comment."""
    words = statement.replace("\t", " ").split(" ")[:MOST_WORDS]
    ends = range(1, len(words) + 1)
    return [statement.strip(), *(" ".join(words[start:end]) for end in ends for start in range(end))]


def _text(path: Path) -> str:
    """A file as text; of a .glb its JSON alone. Nothing of what is no file: reading a FIFO may never end."""
    if not is_file(path):
        return ""
    if path.suffix.lower() != ".glb":
        return text_of(read_foreign(path, LARGEST_TEXT))
    with path.open("rb") as file:
        (length,) = struct.unpack("<I", file.read(GLB_HEAD)[12:16])  # of the first chunk, behind the file's header
        return file.read(min(length, LARGEST_TEXT)).decode("utf-8", "replace")
