"""Write a profile, a small overlay, into params.yaml: its comments stay, and the diff shows what changed."""

import io
from pathlib import Path
from typing import Any

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import files
from fieldlink.core.errors import InputError
from fieldlink.core.params import load


def apply_profile(profile: str, /, profiles: Path = Path("profiles"), params: Path = Path("params.yaml")) -> None:
    """Overlay `profiles`/`profile`.yaml on `params`; nothing is written if a key is unknown or a value doesn't fit."""
    from ruamel.yaml import YAML

    path = profiles / f"{profile}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(each.stem for each in profiles.glob("*.yaml")))
        raise InputError(f"{path}: no such profile, expected one of {known or 'profiles/*.yaml'}")
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    values = yaml.load(params.read_text(encoding="utf-8"))
    _overlay(values, YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}, str(path), "")
    stream = io.StringIO()
    yaml.dump(values, stream)
    tried = params.with_name(f".{params.name}.tried")
    try:
        files.write_text(tried, stream.getvalue())
        load(tried)
    except InputError as error:
        raise InputError(str(error).replace(str(tried), f"{params} with {path}")) from error
    finally:
        tried.unlink(missing_ok=True)
    files.write_text(params, stream.getvalue())


def _overlay(values: Any, changes: dict[str, Any], path: str, place: str) -> None:
    """Change `values` in place, below the key `place`."""
    for key, change in changes.items():
        if key not in values:
            raise InputError(f"{path}: {place}{key}: no key of params.yaml")
        if isinstance(change, dict):
            _overlay(values[key], change, path, f"{place}{key}.")
        elif isinstance(change, list) and change:
            _refill(values[key], change)
        elif isinstance(change, list):
            values[key] = type(values[key])()  # in a line of its own an empty list is no YAML
            values[key].fa.set_flow_style()
        else:
            values[key] = change


def _refill(items: Any, new: list[Any]) -> None:
    """Other items in the same list; what stood behind its last line (an empty line, a comment) stays there."""
    behind = items.ca.items.pop(len(items) - 1, None)
    items.ca.items.clear()
    items[:] = []
    items.extend(new)
    if behind is not None:
        items.ca.items[len(new) - 1] = behind


if __name__ == "__main__":
    run_stage(apply_profile)
