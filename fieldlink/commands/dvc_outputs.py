"""A study's outputs by DVC's lock files, the stages that should have some, and the digests of the actual files.

A lock has a md5 per output: of a file's bytes, or, with the suffix `.dir`, of the list of a folder's files. The cache
holds both under their md5, `<two digits>/<rest>`.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fieldlink.core.digests import file_md5, listing_md5
from fieldlink.core.errors import InputError
from fieldlink.report.stage_records import stage_prefix

FOLDER = ".dir"  # ends the md5 of a folder (`digests.listing_md5`)


@dataclass(frozen=True)
class Output:
    """An output of a stage, as its lock describes it."""

    stage: str  # as `dvc repro` takes it
    path: Path
    md5: str


class Files:
    """The files of a checkout and of its cache. A file that is in both, as a hard link, is read once."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self._digests: dict[tuple[int, int], str] = {}  # by device and inode

    def md5(self, file: Path) -> str:
        """md5 of a file's bytes."""
        status = file.stat()
        inode = status.st_dev, status.st_ino
        if inode not in self._digests:
            self._digests[inode] = file_md5(file)
        return self._digests[inode]

    def md5_of_output(self, path: Path) -> str | None:
        """md5 of a file or folder as a lock has it. None for an absent one."""
        if path.is_file():
            return self.md5(path)
        if not path.is_dir():
            return None
        return listing_md5(self.listing(path))

    def listing(self, folder: Path) -> dict[str, str]:
        """md5 of the files below a folder, by their paths in it."""
        paths = [Path(parent, name) for parent, _, names in os.walk(folder) for name in names]
        return {path.relative_to(folder).as_posix(): self.md5(path) for path in paths if path.is_file()}

    def object(self, md5: str) -> Path:
        """The path in the cache of a file or list with this md5."""
        return self.cache / md5[:2] / md5[2:]

    def damaged_objects(self) -> Iterator[Path]:
        """Files of the cache whose md5 isn't their name."""
        for file in sorted(self.cache.glob("[0-9a-f][0-9a-f]/*")):
            if file.is_file() and self.is_damaged(file):
                yield file

    def is_damaged(self, file: Path) -> bool:
        """Whether the md5 of a file of the cache isn't its name."""
        return self.md5(file) != file.parent.name + file.name.removesuffix(FOLDER)

    def expected_listing(self, output: Output) -> dict[str, str] | None:
        """md5 of an output's files by their paths in it, `''` for a single file.

        None if the list is absent from the cache or damaged, which it may be and still be JSON.
        """
        if not output.md5.endswith(FOLDER):
            return {"": output.md5}
        file = self.object(output.md5)
        if not file.is_file() or self.is_damaged(file):
            return None
        return {entry["relpath"]: entry["md5"] for entry in json.loads(file.read_bytes())}


def stages_with_outputs(root: Path) -> set[str]:
    """The stages of all dvc.yaml files that write something, as `dvc repro` takes them.

    Raises `InputError` with DVC's words.
    """
    from dvc.exceptions import DvcException
    from dvc.repo import Repo

    try:
        stages = Repo(str(root)).index.stages
    except DvcException as error:
        raise InputError(f"dvc: {error}") from error
    return {stage.addressing for stage in stages if stage.outs and getattr(stage, "cmd", None)}


def outputs(lock: Path, root: Path) -> list[Output]:
    """Outputs of a lock file, with paths from `root`. Raises `InputError` if it is empty or cut off."""
    from ruamel.yaml import YAML, YAMLError

    try:
        text = lock.read_text(encoding="utf-8")
        contents: Any = YAML(typ="safe").load(text)
        if not isinstance(contents, dict) or "schema" not in contents or not text.endswith("\n"):
            raise InputError(f"{lock}: empty or cut off")
        prefix = stage_prefix(lock, root)
        stages = contents.get("stages", {}).items()
        return [Output(prefix + name, Path(out["path"]), out["md5"]) for name, stage in stages for out in stage["outs"]]
    except (YAMLError, OSError, UnicodeDecodeError, KeyError, AttributeError, TypeError) as error:
        raise InputError(f"{lock}: empty or cut off") from error
