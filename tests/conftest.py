"""What tests share: where real data lies, and small parameters."""

import os
from pathlib import Path

import pytest

from stages.params import Params, load

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real() -> Path:
    """Real meshes, photos and views: FIELDLINK_REAL, or ../shared/real beside the checkout."""
    folder = Path(os.environ.get("FIELDLINK_REAL", ROOT.parent / "shared" / "real"))
    if not folder.is_dir():
        message = f"{folder}: no real data there; set FIELDLINK_REAL"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def params() -> Params:
    """The default parameters."""
    return load(ROOT / "params.yaml")
