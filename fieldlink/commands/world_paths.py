"""Paths in parameters that only the repository's own folder has, made absolute for a run elsewhere."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML

from fieldlink.core.git import git_output
from fieldlink.core.params import Params


def absolute_paths(repository: Path, overrides: Sequence[str]) -> list[str]:
    """Overrides KEY=PATH for every parameter that names, relative to the repository, what git doesn't keep.

    `overrides`: KEY=VALUE, which go before the values of params.yaml.
    """
    values = YAML(typ="safe").load((repository / "params.yaml").read_text(encoding="utf-8"))
    changed = {key.strip(): value for key, _, value in (override.partition("=") for override in overrides)}
    named = {key: changed.get(key, _at(values, key)) for key in _path_keys(Params)}
    return [
        f"{key}={(repository / value).resolve()}"
        for key, value in named.items()
        if isinstance(value, str) and value and not Path(value).is_absolute() and _is_outside_git(repository, value)
    ]


def _path_keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Dotted keys of the parameters that are paths, or free texts that may be."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if kind in (Path, str):
            yield f"{prefix}{name}"
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _path_keys(kind, f"{prefix}{name}.")


def _at(values: Any, key: str) -> Any:
    for part in key.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def _is_outside_git(repository: Path, path: str) -> bool:
    return (repository / path).exists() and not git_output(repository, "ls-files", "--", path, check=False)
