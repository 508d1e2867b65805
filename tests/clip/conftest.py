"""Parameters with a tiny CLIP that is trained."""

from pathlib import Path

import pytest

from stages.params import ClipNetwork

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def params_file(tmp_path: Path, network: ClipNetwork, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default parameters with a tiny CLIP that trains for two steps; scratch goes to `tmp_path`."""
    from ruamel.yaml import YAML

    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))

    yaml, path = YAML(), tmp_path / "params.yaml"
    values = yaml.load(ROOT / "params.yaml")
    values["clip"]["network"].update(network.model_dump())
    values["clip"]["training"].update(steps=2, batch=4, warmup=1)
    yaml.dump(values, path)
    return path
