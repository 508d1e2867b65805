"""Parameters with a tiny CLIP that is trained, and objects with captions."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import fieldlink.clip  # noqa: F401  before open_clip: it sets HF_HUB_OFFLINE
from fieldlink.core import datasets
from fieldlink.core.params import ClipNetworkParams
from fieldlink.core.schemas import OBJECTS

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def params_file(tmp_path: Path, network: ClipNetworkParams, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default parameters with a tiny CLIP that trains for two steps, and one worker; scratch goes to `tmp_path`."""
    from ruamel.yaml import YAML

    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))

    yaml, path = YAML(), tmp_path / "params.yaml"
    values = yaml.load(ROOT / "params.yaml")
    values["clip"]["network"].update(network.model_dump())
    values["clip"]["training"].update(steps=2, batch=4, warmup=1)
    values["runtime"].update(workers=1)
    yaml.dump(values, path)
    return path


@pytest.fixture
def objects_called(tmp_path: Path) -> Callable[[Sequence[str | None]], Path]:
    """Writes objects a, b, … with captions, or without where None is given."""

    def write(captions: Sequence[str | None]) -> Path:
        count = len(captions)
        ids = [chr(ord("a") + number) for number in range(count)]
        columns = {"object_id": ids, "base_object_id": ids, "caption": list(captions), "augmentation": [0] * count}
        columns |= {name: ["test"] * count for name in ("class_name", "synset", "split", "source")}
        datasets.write(tmp_path / "objects", OBJECTS, [datasets.table(OBJECTS, columns)], "test")
        return tmp_path / "objects"

    return write
