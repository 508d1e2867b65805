"""A result page in a real browser: whole tables, readable in light and dark, nothing from outside.

The page is that of a tiny study, or of the finished study in the folder FIELDLINK_STUDY.
"""

import os
from pathlib import Path

import pytest
from chromium import VIOLATIONS, Page

CUT = """[...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth + 1)
    .map(box => [box.getAttribute('aria-label'), box.scrollWidth, box.clientWidth])"""
UNFOLD = "document.querySelectorAll('details').forEach(part => { part.open = true; })"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def folder(request: pytest.FixtureRequest) -> Path:
    """Of the study."""
    finished = os.environ.get("FIELDLINK_STUDY")
    return Path(finished).resolve() if finished else request.getfixturevalue("study").folder


@pytest.fixture
def result_page(page: Page, folder: Path) -> Page:
    page.errors.clear()
    page.requests.clear()
    page.resize(1300, 900)
    page.prefer("light")
    page.open((folder / "reports" / "index.html").as_uri())
    page.evaluate(UNFOLD)
    return page


def test_no_column_is_cut_at_1300_pixels(result_page: Page):
    assert result_page.evaluate(CUT) == []
    assert result_page.evaluate(OVERFLOW) <= 0


def test_a_phone_scrolls_tables_and_not_the_page(result_page: Page):
    result_page.resize(390, 844)
    assert result_page.evaluate(OVERFLOW) <= 0


def test_nothing_is_loaded_and_nothing_goes_wrong(result_page: Page):
    assert all(address.startswith(("file:", "data:")) for address in result_page.requests)
    assert result_page.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(result_page: Page, axe: str, scheme: str):
    result_page.prefer(scheme)
    result_page.evaluate(f"{axe}; 0")
    assert result_page.evaluate(VIOLATIONS) == []
