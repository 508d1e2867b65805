"""An explorer of the tiny study that listens, and a browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from explorer import chromium
from explorer.requests import Client
from explorer.serving import serving

from fieldlink.explorer.explorer import Explorer
from fieldlink.search.finished_study import Study


@pytest.fixture(scope="session")
def explorer(study: Study) -> Explorer:
    explorer = Explorer(study)
    explorer.prepare()
    return explorer


@pytest.fixture(scope="session")
def client(explorer: Explorer) -> Iterator[Client]:
    """Requests to a server of the explorer, in a thread of this process."""
    with serving(explorer) as client:
        yield client


@pytest.fixture(scope="session")
def page() -> Iterator[chromium.Page]:
    """A page of a headless Chromium."""
    if chromium.executable() is None:
        pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM to its path")
    with chromium.browser() as page:
        yield page


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core, which finds what hinders people with disabilities."""
    path = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip(f"{path}: not there; npm install --no-save axe-core")
    return path.read_text(encoding="utf-8")
