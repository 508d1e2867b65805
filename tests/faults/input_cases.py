"""Faults of files that a user brings, and of ids that would become paths."""

import os
from functools import partial
from pathlib import Path

from faults.case import Case
from parameters import written
from PIL import Image

from fieldlink.core import datasets, files, schemas
from stages.backbone.prepare_photos import prepare_photos

ASIDE = "all other objects; this one is set aside with the reason"
NOTHING = "everything: nothing is written outside the folder"


def put(kind: str, folder: Path) -> None:
    """A folder of two photos of chairs, one of which is no regular file."""
    (folder / "in" / "chair").mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(folder / "in" / "chair" / "good.png")
    bad = folder / "in" / "chair" / "bad.png"
    if kind == "fifo":
        os.mkfifo(bad)
    elif kind == "large":
        bad.touch()
        os.truncate(bad, files.MOST_BYTES + 1)
    else:
        bad.symlink_to(kind)


def imported(folder: Path) -> str:
    """Why one photo was set aside. The other one is kept."""
    changes = {"photos.source": "folder", "photos.folder": folder / "in", "photos.most_rejected": 0.5}
    params = written(folder / "params.yaml", {"runtime.workers": 1, **changes})
    prepare_photos(folder / "photos", folder / "rejected", params)
    assert datasets.read(folder / "photos", schemas.PHOTOS)["photo_id"].to_pylist() == ["chair.good"]
    (row,) = datasets.read(folder / "rejected", schemas.REJECTED).to_pylist()
    return row["reason"]


def path_of(name: str, folder: Path) -> None:
    files.inside(folder, name, "object")


FILES = [
    ("a FIFO stands in place of a file", "a FIFO, expected a file", "fifo"),
    ("a device stands in place of a file", "a device, expected a file", "/dev/zero"),
    ("a link leads to itself", "Too many levels of symbolic links", "bad.png"),
    ("a file is larger than any use", "2,147,483,649 bytes, at most 2,147,483,648 expected", "large"),
    ("a file is missing", "No such file or directory", "missing"),
]
IDS = [
    ("an id leads out of the folder", "'../../etc'", "../../etc"),
    ("an id is a path from the root", "'/etc/passwd'", "/etc/passwd"),
    ("an id has a backslash", "expected no '.', '..' or backslash", "a\\b"),
    ("an id is empty", "''", ""),
]
CASES = [
    *(Case("inputs", fault, seen, ASIDE, imported, partial(put, kind)) for fault, seen, kind in FILES),
    Case("inputs", "a folder stands in place of a file", "a folder, expected a file", ASIDE, files.read_foreign),
    *(Case("inputs", fault, seen, NOTHING, partial(path_of, name)) for fault, seen, name in IDS),
]
