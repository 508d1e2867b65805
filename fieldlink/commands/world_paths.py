"""Absolute paths, for a run elsewhere, in place of parameters that name a file beside git in the repository."""

from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML

from fieldlink.core.git import git_output
from fieldlink.core.nested_values import dotted_values
from fieldlink.core.params import Params
from fieldlink.core.params.path_keys import path_keys


def absolute_paths(repository: Path, overrides: Sequence[str]) -> list[str]:
    """Overrides KEY=PATH for every parameter whose relative path in the repository isn't in git.

    `overrides`: KEY=VALUE, which go before the values of params.yaml.
    """
    values = dotted_values(YAML(typ="safe").load((repository / "params.yaml").read_text(encoding="utf-8")))
    new_values = {key.strip(): value for key, _, value in (override.partition("=") for override in overrides)}
    paths = {key: new_values.get(key, values.get(key)) for key in path_keys(Params)}
    return [
        f"{key}={(repository / value).resolve()}"
        for key, value in paths.items()
        if isinstance(value, str) and value and not Path(value).is_absolute() and _is_outside_git(repository, value)
    ]


def _is_outside_git(repository: Path, path: str) -> bool:
    return (repository / path).exists() and not git_output(repository, "ls-files", "--", path, check=False)
