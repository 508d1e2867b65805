"""Parameters and code at the start of a stage. DVC notes them only when the stage has ended.

If one of them were edited in between, dvc.lock would name the new one beside results of the old one, and DVC's run
cache would serve these results later.
"""

import hashlib
import os
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError

from fieldlink.core.errors import InputError
from fieldlink.core.nested_values import dotted_values

PARAMS = Path("params.yaml")
CODE = ("fieldlink", "stages")


class StageInputs:
    """params.yaml and all code, as they are when the process begins."""

    def __init__(self) -> None:
        self.params, self.code = _bytes(PARAMS), _digests()

    def check(self) -> None:
        """Raise `InputError` if a parameter or a file of code on which this stage depends has changed."""
        if (now := _bytes(PARAMS)) != self.params:
            _check_params(_values(self.params), _values(now))
        changed_files = {path for path, digest in _digests().items() ^ self.code.items()}
        dependencies = [Path(path) for path in _stage().get("deps", [])] if changed_files else []
        for path in sorted(changed_files):
            if any(path.is_relative_to(dependency) for dependency in dependencies):
                raise InputError(f"{path}: was changed while the stage ran; run it again")


def _check_params(before: dict[str, Any], now: dict[str, Any]) -> None:
    names = [key if isinstance(key, str) else "" for key in _stage().get("params", [])]  # a mapping: all of a file
    for key in sorted(before.keys() | now.keys()):
        if before.get(key) != now.get(key) and any(f"{key}.".startswith(f"{name}.".lstrip(".")) for name in names):
            raise InputError(
                f"{PARAMS}: {key} was changed while the stage ran, from {before.get(key)!r} to {now.get(key)!r}; "
                "run it again"
            )


def _stage() -> dict[str, Any]:
    """The entry of the stage that DVC runs, in its dvc.yaml."""
    file, _, address = os.environ["DVC_STAGE"].rpartition(":")
    name, _, key = address.partition("@")  # <stage>@<key> of a `foreach`
    text = Path(file or "dvc.yaml").read_text(encoding="utf-8").replace("${key}", key)
    entry = YAML(typ="safe", pure=True).load(text)["stages"][name]
    return entry.get("do", entry)


def _values(data: bytes) -> dict[str, Any]:
    """All values of a YAML file by their dotted keys."""
    try:
        return dotted_values(YAML(typ="safe").load(data.decode()))
    except (YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{PARAMS}: was changed while the stage ran, and is not valid YAML now ({error})") from error


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _digests() -> dict[Path, bytes]:
    files = (path for folder in CODE for path in Path(folder).rglob("*.py"))
    return {path: hashlib.sha256(path.read_bytes()).digest() for path in files}
