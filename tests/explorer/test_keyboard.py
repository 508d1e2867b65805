"""A person with a keyboard keeps their place on the page while what they change redraws it."""

import json

import pytest
from chromium import Page
from explorer.browsing import READY

DOWN, SPACE, TAB = ("ArrowDown", 40), (" ", 32), ("Tab", 9)
HELD = "document.activeElement.name"


def press_and_wait(page: Page, key: tuple[str, int]) -> None:
    """Press a key that changes the address, and wait until the page has drawn it."""
    before = page.evaluate("location.search")
    page.press(*key)
    wait_for_another(page, before)


def wait_for_another(page: Page, before: str) -> None:
    """Wait until the page shows another address."""
    page.wait_for(f"location.search !== {json.dumps(before)}")
    page.wait_for(READY)


@pytest.mark.parametrize("part", ["/?text=a+chair", "/?part=map&text=a+chair"])
def test_a_menu_of_the_filters_keeps_the_focus_from_change_to_change(at, part):
    page = at(part)
    page.evaluate("document.querySelector('[name=split]').focus()")
    for split in ("train", "validation"):
        press_and_wait(page, DOWN)
        assert page.evaluate(HELD) == "split"
        assert page.evaluate("document.activeElement.value") == split


def test_a_class_keeps_the_focus_in_the_open_menu(at):
    page = at("/?text=a+chair")
    page.evaluate("document.querySelector('.menu summary').click()")
    page.evaluate("document.querySelector('[name=class][value=lamp]').focus()")
    for checked in (True, False):
        press_and_wait(page, SPACE)
        assert page.evaluate(HELD) == "class"
        assert page.evaluate("[document.activeElement.value, document.activeElement.checked]") == ["lamp", checked]


def test_the_way_to_search_of_a_column_keeps_the_focus(at):
    page = at("/?text=a+chair&by=nerf2clip+cosine&by=CLIP+mean")
    page.evaluate("document.querySelectorAll('[name=by]')[1].focus()")
    press_and_wait(page, DOWN)
    assert page.evaluate("[...document.querySelectorAll('[name=by]')].indexOf(document.activeElement)") == 1
    assert "by=CLIP+all" in page.evaluate("location.search")


def test_a_tab_that_ends_a_change_goes_on_to_the_next_control(at):
    page = at("/?text=a+chair")
    page.evaluate("document.querySelector('[name=psnr]').focus()")
    page.send("Input.insertText", text="3")
    press_and_wait(page, TAB)
    assert "psnr=3" in page.evaluate("location.search")
    assert page.evaluate(HELD) == "k"


def test_a_control_that_has_gone_leaves_the_focus_at_the_results(at):
    page = at("/?text=a+chair&by=nerf2clip+cosine&by=CLIP+mean")
    before = page.evaluate("location.search")
    page.evaluate("document.querySelectorAll('[name=remove]')[1].focus()")
    page.evaluate("document.activeElement.click()")
    wait_for_another(page, before)
    assert page.evaluate("document.querySelectorAll('.column').length") == 1
    assert page.evaluate("document.activeElement.id") == "main"
