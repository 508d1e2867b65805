"""What tests in a browser share: what they read of the page, and what they do without a browser."""

import os
from typing import NoReturn

import pytest
from chromium import Page

READY = "document.body.dataset.state === 'ready'"
DRAWN = "document.querySelector('.live')?.dataset.drawn"  # of the live view
JUDGED = "document.querySelectorAll('.opinions table').length === 2"  # of zero-shot


def ids(page: Page, where: str = ".cards") -> list[str]:
    """Ids of the objects that the page links to in some of its elements."""
    return page.evaluate(f"[...document.querySelectorAll('{where} [data-object]')].map(link => link.dataset.object)")


def without_browser(reason: str) -> NoReturn:
    """Skip a test, or fail it where FIELDLINK_BROWSER=required, as `make browser` sets it."""
    if os.environ.get("FIELDLINK_BROWSER") == "required":
        pytest.fail(reason)
    pytest.skip(reason)
