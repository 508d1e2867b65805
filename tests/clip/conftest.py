"""A tiny CLIP of the small model's form, in a model folder."""

from pathlib import Path

import pytest

from stages.clip import folders, small
from stages.params import ClipNetwork

ROOT = Path(__file__).parent.parent.parent
TINY = ClipNetwork(resolution=32, width=8, embedding=16, text_width=32, text_layers=1, context=16)


@pytest.fixture(scope="session")
def network() -> ClipNetwork:
    return TINY


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with weights at their random start."""
    folder = tmp_path_factory.mktemp("clip") / "tiny"
    folders.save(folder, small.build(TINY, 0), small.description(TINY), small.PREPROCESSING)
    return folder


@pytest.fixture
def params_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default parameters with a tiny CLIP that trains for two steps; scratch goes to `tmp_path`."""
    from ruamel.yaml import YAML

    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))

    yaml, path = YAML(), tmp_path / "params.yaml"
    values = yaml.load(ROOT / "params.yaml")
    values["clip"]["network"].update(TINY.model_dump())
    values["clip"]["training"].update(steps=2, batch=4, warmup=1)
    yaml.dump(values, path)
    return path
