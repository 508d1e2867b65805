"""Folders of a model whose description, a JSON file, holds the digest of itself and of all files beside it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fieldlink.core import digests
from fieldlink.core.errors import InputError


def write_description(folder: Path, name: str, description: Mapping[str, Any]) -> None:
    """Write `description` as the file `name`, with the key `sha256`, once all other files are in the folder."""
    text = json.dumps({**description, "sha256": _digest(folder, name, description)}, indent=2)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def read_description(folder: Path, name: str, advice: str) -> dict[str, Any]:
    """The description of a checked folder, without its digest.

    Raises `InputError`, with the `advice`, if it cannot be read or if it or a file beside it has changed.
    """
    path = folder / name
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        digest = description.pop("sha256", None)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); {advice}") from error
    except (ValueError, AttributeError, TypeError) as error:
        raise InputError(f"{path}: not valid JSON ({error}); {advice}") from error
    if digest != _digest(folder, name, description):
        files = ", ".join(other.name for other in _files(folder, name))
        raise InputError(f"{folder}: contents of {files} or {name} differ from the sha256 in {name}; {advice}")
    return description


def _digest(folder: Path, name: str, description: Mapping[str, Any]) -> str:
    beside = [[str(path.relative_to(folder)), digests.file_digest(path)] for path in _files(folder, name)]
    return digests.digest_of(json.loads(json.dumps(description)), beside)


def _files(folder: Path, name: str) -> list[Path]:
    """All files of a folder but its description and hidden ones."""
    files = (path for path in folder.rglob("*") if path.is_file() and path != folder / name)
    return sorted(path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts))
