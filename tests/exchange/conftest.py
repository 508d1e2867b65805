"""Small parameters for NeRFs of the official folders' size, and such folders imported."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from exchange.folders import CELLS, FIELD, SYNSETS
from exchange.imported_folders import World
from parameters import choose_among_views
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent.parent
SMALL = {
    "runtime": {"workers": 1},
    "classes": {
        "car": {"synset": SYNSETS[0], "noun": "a car"},
        "chair": {"synset": SYNSETS[1], "noun": "a chair"},
    },
    "nerf": {"field": FIELD.model_dump(), "fitting": {"occupancy": CELLS}, "rendering": {"step": 0.05}},
}


def merged(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    for key, change in changes.items():
        if isinstance(change, dict) and key != "classes":
            merged(values[key], change)
        else:
            values[key] = str(change) if isinstance(change, Path) else change
    return values


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """params.yaml for NeRFs of the official folders' size, with some sections changed."""

    def written(**changes: Any) -> Path:
        yaml, path = YAML(), tmp_path_factory.mktemp("params") / "params.yaml"
        values = merged(merged(yaml.load(ROOT / "params.yaml"), SMALL), changes)
        choose_among_views(values, values["scenes"]["views"], {})
        yaml.dump(values, path)
        return path

    return written


@pytest.fixture(scope="module")
def world(tmp_path_factory, small) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDLINK_SCRATCH", str(tmp_path_factory.mktemp("scratch")))
        yield World(tmp_path_factory.mktemp("official"), small())
