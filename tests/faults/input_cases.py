"""Faults of files that a user brings, and of ids that would become paths."""

import os
from functools import partial
from pathlib import Path

from faults.case import Case

from fieldlink.core import files

ASIDE = "all other objects; this one is set aside with the reason"
NOTHING = "everything: nothing is written outside the folder"


def read(name: str, folder: Path) -> None:
    os.mkfifo(folder / "fifo")
    (folder / "endless").symlink_to(folder / "endless")
    (folder / "large").write_bytes(b"123456789")
    (folder / "folder").mkdir()
    files.read_foreign(folder / name, most=8)


def path_of(name: str, folder: Path) -> None:
    files.inside(folder, name, "object")


FILES = [
    ("a FIFO stands in place of a file", "a FIFO, expected a file", "fifo"),
    ("a device stands in place of a file", "a device, expected a file", "/dev/zero"),
    ("a folder stands in place of a file", "a folder, expected a file", "folder"),
    ("a link leads to itself", "Too many levels of symbolic links", "endless"),
    ("a file is larger than any use", "9 bytes, at most 8 expected", "large"),
    ("a file is missing", "No such file or directory", "missing"),
]
IDS = [
    ("an id leads out of the folder", "'../../etc'", "../../etc"),
    ("an id is a path from the root", "'/etc/passwd'", "/etc/passwd"),
    ("an id has a backslash", "expected no '.', '..' or backslash", "a\\b"),
    ("an id is empty", "''", ""),
]
CASES = [
    *(Case("inputs", fault, seen, ASIDE, partial(read, name)) for fault, seen, name in FILES),
    *(Case("inputs", fault, seen, NOTHING, partial(path_of, name)) for fault, seen, name in IDS),
]
