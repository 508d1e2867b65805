"""Every part of the page in light and dark, wide and narrow: nothing hinders, nothing is cut off."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from chromium import VIOLATIONS, Page
from explorer.browsing import DRAWN, JUDGED, READY

from fieldlink.scenes import pictures

SCREENSHOTS = os.environ.get("FIELDLINK_SCREENSHOTS")  # a folder for pictures of every part
BOX = """(({ x, y, width, height }) => [x, y, width, height])(
    document.querySelector('.map canvas').getBoundingClientRect())"""


def open_menu(page: Page) -> None:
    page.evaluate("document.querySelector('details.menu').open = true")


def choose_all(page: Page) -> None:
    """Choose all objects of the map by a lasso."""
    page.evaluate("document.querySelector('.map canvas').scrollIntoView()")
    x, y, width, height = page.evaluate(BOX)
    right, below = x + width - 2, y + height - 2
    page.evaluate("document.querySelector('[name=lasso]').click()")
    page.drag([(x + 2, y + 2), (right, y + 2), (right, below), (x + 2, below)])
    page.wait_for("document.querySelector('.ids')")


class Part(NamedTuple):
    address: str
    shown: str = READY  # what is waited for beside the page's own word
    act: Callable[[Page], None] = lambda page: None


PARTS = {
    "welcome": Part("/"),
    "search": Part("/?text=a+chair"),
    "object": Part("/?object={object_id}", DRAWN),
    "map": Part("/?part=map&text=a+chair"),
    "zero-shot": Part("/?nerf={object_id}&prompt=a+lamp&prompt=a+chair", JUDGED),
    "columns": Part("/?text=a+chair&by=nerf2clip+cosine&by=clip2nerf+mse&by=CLIP+mean"),
    "menu": Part("/?text=a+chair&class=lamp", act=open_menu),
    "picture": Part("/?query={picture}&name=mine+%3Cb%3E.png&kind=image"),
    "lasso": Part("/?part=map&query={picture}&name=mine.png&kind=image", act=choose_all),
}


@pytest.fixture(scope="module")
def picture(client) -> str:
    """The handle of a picture that was sent."""
    pixels = np.random.default_rng(6).integers(0, 256, (40, 40, 3), np.uint8)
    return client.post("/api/search", pictures.encode(pixels), k=1).json["query"]["handle"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PARTS)
def test_axe_finds_nothing_and_nothing_is_cut_off(at, study, picture, axe, name, scheme):
    part, page = PARTS[name], at("/")
    page.prefer(scheme)
    for width in (1300, 390):
        page.resize(width, 900)
        at(part.address.format(object_id=study.ids[0], picture=picture))
        page.wait_for(part.shown)
        part.act(page)
        if SCREENSHOTS:
            page.screenshot(Path(SCREENSHOTS) / f"{name}-{scheme}-{width}.png")
        page.evaluate(f"{axe}; 0")
        assert page.evaluate(VIOLATIONS) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if name == "lasso":
        assert "“mine.png”" in page.evaluate("document.getElementById('part').textContent")
    if name == "picture":
        assert "real photos" in page.evaluate("document.getElementById('warning').textContent")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_an_error(at, client, axe, scheme):
    page = at("/")
    page.prefer(scheme)
    page.open(f"{client.address}/?object=none")
    page.wait_for("document.body.dataset.state === 'error'")
    assert "no object of this collection" in page.evaluate("document.getElementById('message').textContent")
    page.evaluate(f"{axe}; 0")
    assert page.evaluate(VIOLATIONS) == []
    assert all("404" in error for error in page.errors)  # which the browser says of the missing object
    page.errors.clear()
