"""Parameters of a test: the default ones with some changed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

DEFAULT = Path(__file__).resolve().parent.parent / "params.yaml"


def written(path: Path, changes: Mapping[str, Any]) -> Path:
    """`path`, with the default parameters but for the keys in `changes`, given as `section.key`."""
    yaml = YAML()
    values = yaml.load(DEFAULT)
    for key, value in changes.items():
        *sections, last = key.split(".")
        section = values
        for name in sections:
            section = section[name]
        section[last] = str(value) if isinstance(value, Path) else value
    yaml.dump(values, path)
    return path
