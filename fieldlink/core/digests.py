"""sha256 digests of values, files, folders and the code of a stage, and the md5 by which DVC names files."""

import ast
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from fieldlink.core import source_code

if TYPE_CHECKING:
    from hashlib import _Hash

PIECE = 2**20  # bytes of a file in memory at once
CORE_WITH_NUMBERS = {"devices.py", "optimizers.py", "seeds.py"}  # files of fieldlink/core on which results depend


def running_digest() -> "_Hash":
    """A sha256 of nothing yet, to which bytes are added."""
    return hashlib.sha256()


def bytes_digest(*parts: bytes) -> str:
    """sha256 of bytes, all parts one behind the other."""
    digest = running_digest()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def digest_of(*parts: Any) -> str:
    """sha256 of bytes, texts and values that JSON can hold, in this order."""
    total = running_digest()
    for part in parts:
        data = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True, default=str).encode()
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()


def code_digest(stage: str) -> str:
    """Digest of the code that computes a stage's rows: the file `stage` and every library file that it imports.

    Files of `fieldlink.commands` and `fieldlink.core` are left out, because they only move rows; those of
    `CORE_WITH_NUMBERS` are not. Parameters and seeds belong in an item's key as values.
    """
    stage_file = Path(stage).resolve()
    files = sorted(path for path in source_code.closure(stage_file) if path == stage_file or _computes_rows(path))
    return digest_of(*[[str(path.relative_to(source_code.ROOT)), ast.dump(source_code.tree(path))] for path in files])


def _computes_rows(path: Path) -> bool:
    package, folder, *_ = path.relative_to(source_code.ROOT).parts
    if package != "fieldlink" or folder == "commands":
        return False
    return folder != "core" or path.name in CORE_WITH_NUMBERS


def add_bytes(digest: "_Hash", file: BinaryIO, count: int | None = None) -> None:
    """Add the next `count` bytes of a file to a digest, or all that are left if there are fewer or it is None."""
    left = count
    while data := file.read(PIECE if left is None else min(left, PIECE)):
        digest.update(data)
        left = None if left is None else left - len(data)


def file_digest(path: Path) -> str:
    """sha256 of a file's contents, which may exceed the memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(folder: Path) -> str:
    """sha256 of the names and contents of all files below a folder."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return bytes_digest(
        *(path.relative_to(folder).as_posix().encode() + b"\0" + bytes.fromhex(file_digest(path)) for path in paths)
    )


def file_md5(path: Path) -> str:
    """md5 of a file's contents."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def listing_md5(md5s: Mapping[str, str]) -> str:
    """md5 of a folder as DVC has it, ending in `.dir`: that of a list of its files' paths and md5s."""
    entries = [{"md5": md5, "relpath": name} for name, md5 in sorted(md5s.items())]
    return hashlib.md5(json.dumps(entries, sort_keys=True).encode()).hexdigest() + ".dir"
