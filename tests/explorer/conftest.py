"""An explorer of the tiny study that listens, and its page in a browser."""

from collections.abc import Iterator

import pytest
from chromium import Page
from explorer.browsing import READY
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


@pytest.fixture
def at(page: Page, client):
    """Opens an address of the explorer and waits until it is shown; afterwards nothing may have gone wrong."""
    page.open("about:blank")  # so that nothing of an earlier test goes on
    page.errors.clear()
    page.requests.clear()
    page.resize(1300, 900)
    page.prefer("light")

    def open_page(path: str) -> Page:
        page.open(client.address + path)
        page.wait_for(READY)
        return page

    yield open_page
    assert page.errors == []
    foreign = [url for url in page.requests if not url.startswith((client.address, "data:", "blob:", "about:"))]
    assert foreign == []
