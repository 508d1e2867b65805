"""Texts and JSON values of a folder's files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from fieldlink.core.errors import InputError

Record = TypeVar("Record")


def read_texts(folder: Path | None, pattern: str) -> list[tuple[Path, str]]:
    """Path and text of the files that match, in order of name. A folder that isn't there has none."""
    paths = sorted(folder.glob(pattern)) if folder else []
    return [(path, read_text(path)) for path in paths]


def read_text(path: Path) -> str:
    """The text of a file. Raises `InputError` with its path."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({error})") from error


def read_record(path: Path, kind: Callable[..., Record]) -> Record:
    """A JSON file as an instance of a dataclass; raises `InputError` with its path if it has other keys."""
    try:
        return kind(**parse_json(read_text(path), path))
    except TypeError as error:
        raise InputError(f"{path}: not the keys expected ({error}); delete it and rerun what writes it") from error


def read_json_files(folder: Path | None) -> list[tuple[Path, Any]]:
    """Path and value of a folder's JSON files, in order of name."""
    return [(path, parse_json(text, path)) for path, text in read_texts(folder, "*.json")]


def parse_json(text: str, path: Path) -> Any:
    """The value of a JSON text. Raises `InputError` with the path of its file."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"{path}: not valid JSON ({error}); delete it and rerun the stage that writes it") from error
