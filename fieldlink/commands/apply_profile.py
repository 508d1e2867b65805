"""Write a profile, a small overlay, into params.yaml: its comments stay, and the diff shows what changed."""

import io
import sys
from pathlib import Path
from typing import Annotated, Any

from typing_extensions import Doc
from tyro.conf import arg

from fieldlink.commands import default_files
from fieldlink.commands.flag_style import FILE, FOLDER
from fieldlink.core import files
from fieldlink.core.errors import InputError
from fieldlink.core.params import load


def apply_profile(
    profile: Annotated[str, arg(metavar="PROFILE"), Doc("Name of the profile, such as thesis.")],
    /,
    profiles: Annotated[Path, FOLDER, Doc("Folder of profiles; by default the package's, if there is none here.")] = (
        default_files.PROFILES
    ),
    params_file: Annotated[
        Path, FILE, Doc("File of parameters to change; if absent, it starts as the package's.")
    ] = default_files.PARAMS_FILE,
) -> None:
    """Write a profile's values into the file of parameters, and leave all else as it is.

    Nothing is written if a key is unknown or a value doesn't fit.
    """
    from ruamel.yaml import YAML

    path = default_files.profiles_or_default(profiles) / f"{profile}.yaml"
    if not path.is_file():
        names = ", ".join(sorted(file.stem for file in path.parent.glob("*.yaml")))
        raise InputError(f"{path}: no such profile, expected one of {names or 'profiles/*.yaml'}")
    yaml = YAML()  # with its own layout, in which `dvc exp run -S` writes the file too
    values = yaml.load(_text(params_file))
    _overlay(values, YAML(typ="safe").load(path.read_text(encoding="utf-8")) or {}, str(path), "")
    # a list that became empty finds its layout the second time
    text = _dumped(yaml, yaml.load(_dumped(yaml, values)))
    candidate = params_file.with_name(f".{params_file.name}.candidate")
    try:
        files.write_text(candidate, text)
        load(candidate)
    except InputError as error:
        raise InputError(str(error).replace(str(candidate), f"{params_file} with {path}")) from error
    finally:
        candidate.unlink(missing_ok=True)
    files.write_text(params_file, text)


def _dumped(yaml: Any, values: Any) -> str:
    stream = io.StringIO()
    yaml.dump(values, stream)
    return stream.getvalue()


def _text(params_file: Path) -> str:
    """The text of the file of parameters, or that of the package's default parameters if there is no such file."""
    if params_file.exists():
        return params_file.read_text(encoding="utf-8")
    print(f"{params_file}: no such file yet, written from the default parameters", file=sys.stderr)
    return (default_files.PACKAGE_DEFAULTS / default_files.PARAMS_FILE).read_text(encoding="utf-8")


def _overlay(values: Any, changes: dict[str, Any], path: str, prefix: str) -> None:
    """Change `values` in place. `prefix`: the dotted key above them."""
    for key, change in changes.items():
        if key not in values:
            raise InputError(f"{path}: {prefix}{key}: no key of params.yaml")
        if isinstance(change, dict):
            _overlay(values[key], change, path, f"{prefix}{key}.")
        elif isinstance(change, list) and change:
            _refill(values[key], change)
        elif isinstance(change, list):
            values[key] = type(values[key])()  # in a line of its own an empty list is no YAML
            values[key].fa.set_flow_style()
        else:
            values[key] = change


def _refill(items: Any, new: list[Any]) -> None:
    """Put other items into the list. The empty line or comment behind its last line stays."""
    trailing = items.ca.items.pop(len(items) - 1, None)
    items.ca.items.clear()
    items[:] = []
    items.extend(new)
    if trailing is not None:
        items.ca.items[len(new) - 1] = trailing
