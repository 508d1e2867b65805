"""Parameters and dependencies at the start of a stage. DVC notes them only when the stage has ended.

If one of them were changed in between, dvc.lock would name the new one beside results of the old one, and DVC's run
cache would serve these results later.
"""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

from fieldlink.core.errors import InputError
from fieldlink.core.nested_values import dotted_values

PARAMS = Path("params.yaml")
CHANGED = "changed while the stage ran"


class StageInputs:
    """params.yaml and the files of the stage's dependencies (code, datasets, the user's folders) at its start."""

    def __init__(self) -> None:
        self.params, stage = _bytes(PARAMS), _stage()
        self.keys = [key if isinstance(key, str) else "" for key in stage.get("params", [])]  # a mapping: all of a file
        values = _values(self.params)
        deps = [re.sub(r"\$\{(.*?)\}", lambda key: str(values.get(key[1])), path) for path in stage.get("deps", [])]
        self.states = {Path(path): {state for _, state in _states(Path(path))} for path in deps}

    def check(self) -> None:
        """Raise `InputError` if a parameter or a file on which this stage depends has changed."""
        if (now := _bytes(PARAMS)) != self.params:
            self._check_params(_values(self.params), _values(now))
        for dependency, before in self.states.items():
            left = len(before)
            for file, state in _states(dependency):
                if state not in before:
                    raise InputError(f"{file}: was {CHANGED}; run it again")
                left -= 1
            if left:
                raise InputError(f"{dependency}: lost a file while the stage ran; run it again")

    def _check_params(self, before: dict[str, Any], now: dict[str, Any]) -> None:
        for key in sorted(before.keys() | now.keys()):
            is_read = any(f"{key}.".startswith(f"{name}.".lstrip(".")) for name in self.keys)
            if is_read and before.get(key) != now.get(key):
                values = f"from {before.get(key)!r} to {now.get(key)!r}"
                raise InputError(f"{PARAMS}: {key} was {CHANGED}, {values}; run it again")


def _stage() -> dict[str, Any]:
    """The entry of the stage that DVC runs, in its dvc.yaml."""
    file, _, address = os.environ["DVC_STAGE"].rpartition(":")
    name, _, key = address.partition("@")  # <stage>@<key> of a `foreach`
    text = Path(file or "dvc.yaml").read_text(encoding="utf-8").replace("${key}", key)
    entry = YAML(typ="safe").load(text)["stages"][name]
    return entry.get("do", entry)


def _values(data: bytes) -> dict[str, Any]:
    """All values of params.yaml by their dotted keys."""
    try:
        return dotted_values(YAML(typ="safe").load(data.decode()))
    except (YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{PARAMS}: was {CHANGED}, and is not valid YAML now ({error})") from error


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _states(dependency: Path) -> Iterator[tuple[Path, int]]:
    """Each file at or below a path, with a number that its path, size and time give."""
    for file in [dependency] if dependency.is_file() else _files_below(dependency):
        with suppress(OSError):  # a broken link
            status = file.stat()
            yield file, hash((str(file), status.st_size, status.st_mtime_ns))


def _files_below(folder: Path) -> Iterator[Path]:
    """Files that a stage may read: no names that begin with a dot, and no compiled code."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        yield from (Path(parent, name) for name in names if not name.startswith("."))
