"""The map in a real browser: moved, zoomed, clicked, chosen from, by mouse and by keys."""

import csv
import json
import math

import numpy as np
import pytest
from chromium import Page
from explorer.browsing import READY, ids
from explorer.requests import Client

CANVAS = "document.querySelector('.map canvas')"
LASSO = "[...document.querySelectorAll('button')].find(button => button.textContent === 'Lasso').click()"
EXPORT = "[...document.querySelectorAll('button')].find(button => button.textContent === 'Export CSV').click()"
PIXEL = """import('/static/geometry.js').then(({ Window }) => {
  const { x, y, width, height } = document.querySelector('.map canvas').getBoundingClientRect();
  const window = new Window(XS, YS, width, height);
  window.read('TEXT');
  const [column, row] = window.toPixels(PLACE);
  return [x + column, y + row];
})"""
CATCH = """(() => { const make = URL.createObjectURL;
  URL.createObjectURL = blob => { blob.text().then(text => { window.saved = text; }); return make.call(URL, blob); };
})()"""
LATER = "new Promise(done => setTimeout(done, 1000))"  # than a move goes into the address
SEEN = "new URLSearchParams(location.search).get('window')"
ARROW_LEFT, ENTER, SPACE, PLUS = ("ArrowLeft", 37), ("Enter", 13), (" ", 32), ("+", 187)


@pytest.fixture
def points(client: Client) -> dict:
    return client.get("/api/map").json


@pytest.fixture
def map_page(at) -> Page:
    """A page high enough for the whole map."""
    page = at("/?part=map")
    page.resize(1300, 1200)
    return page


def places(points: dict) -> np.ndarray:
    return np.stack([points["x"], points["y"]], axis=1)


def pixel(page: Page, points: dict, place: np.ndarray, window: str = "") -> list[float]:
    """Where a place of the map is in the browser's window; `window`: as the address has it."""
    script = PIXEL.replace("XS", json.dumps(points["x"])).replace("YS", json.dumps(points["y"]))
    return page.evaluate(script.replace("TEXT", window).replace("PLACE", f"{place[0]}, {place[1]}"))


def loneliest(points: dict) -> int:
    """The point that is farthest from all others."""
    distance = np.linalg.norm(places(points)[:, None] - places(points)[None], axis=2)
    return int((distance + np.diag([math.inf] * len(distance))).min(axis=1).argmax())


def seen(page: Page) -> str:
    """The window in the address, after the last of all moves."""
    page.evaluate(LATER)
    page.wait_for(SEEN)
    return page.evaluate(SEEN)


def focus(page: Page) -> None:
    page.evaluate(f"{CANVAS}.focus()")


def test_the_wheel_zooms_about_its_pixel_and_the_address_shows_the_same_again(map_page: Page, points, at):
    place = places(points)[loneliest(points)]
    x, y = pixel(map_page, points, place)
    map_page.send("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=-200)
    window = seen(map_page)
    assert pixel(map_page, points, place, window) == pytest.approx([x, y], abs=1)
    assert pixel(map_page, points, place + 0.01, window) != pytest.approx(
        pixel(map_page, points, place + 0.01), abs=0.01
    )
    page = at(f"/?part=map&window={window}")
    page.resize(1300, 1200)
    x, y = pixel(page, points, place, window)
    page.click(x, y)
    page.wait_for("location.search.includes('object=')")
    assert page.evaluate("document.title").startswith(points["ids"][loneliest(points)])


def test_a_drag_moves_what_is_seen(map_page: Page, points):
    place = places(points)[0]
    x, y = pixel(map_page, points, place)
    left, top = map_page.evaluate(f"(({{ x, y }}) => [x, y])({CANVAS}.getBoundingClientRect())")
    map_page.drag([(left + 200, top + 200), (left + 250, top + 210), (left + 300, top + 250)])
    assert pixel(map_page, points, place, seen(map_page)) == pytest.approx([x + 100, y + 50], abs=1)


def test_a_drag_that_the_system_cancels_moves_nothing_more(map_page: Page, points):
    place = places(points)[0]
    x, y = pixel(map_page, points, place)
    left, top = map_page.evaluate(f"(({{ x, y }}) => [x, y])({CANVAS}.getBoundingClientRect())")
    pressed = {"button": "left", "buttons": 1, "clickCount": 1}
    map_page.send("Input.dispatchMouseEvent", type="mousePressed", x=left + 100, y=top + 100, **pressed)
    map_page.evaluate(f"{CANVAS}.dispatchEvent(new PointerEvent('pointercancel'))")
    map_page.send("Input.dispatchMouseEvent", type="mouseMoved", x=left + 300, y=top + 300, **pressed)
    focus(map_page)
    map_page.press(*ARROW_LEFT)
    assert pixel(map_page, points, place, seen(map_page)) == pytest.approx([x + 40, y], abs=1)
    map_page.send("Input.dispatchMouseEvent", type="mouseReleased", x=left + 300, y=top + 300, **pressed)


def test_a_click_opens_its_object(map_page: Page, points):
    row = loneliest(points)
    map_page.click(*pixel(map_page, points, places(points)[row]))
    map_page.wait_for("location.search.includes('object=')")
    map_page.wait_for(READY)
    assert map_page.evaluate("document.querySelector('.object h2').textContent") == points["ids"][row]


def test_enter_opens_the_object_nearest_to_the_centre_and_space_chooses_it(map_page: Page, points):
    centre = (places(points).min(axis=0) + places(points).max(axis=0)) / 2
    nearest = points["ids"][int(np.linalg.norm(places(points) - centre, axis=1).argmin())]
    focus(map_page)
    assert "Enter opens the object nearest to the centre" in map_page.evaluate(f"{CANVAS}.ariaLabel")
    map_page.press(*SPACE)
    map_page.wait_for("document.querySelector('.ids')")
    assert ids(map_page, ".ids") == [nearest]
    assert nearest in map_page.evaluate("document.querySelector('.tip').textContent")
    map_page.press(*ENTER)
    map_page.wait_for("document.querySelector('.object h2')")
    assert map_page.evaluate("document.querySelector('.object h2').textContent") == nearest


def test_another_size_of_the_page_keeps_centre_and_scale(map_page: Page, points):
    focus(map_page)
    map_page.press(*PLUS)
    x, y, across = map(float, seen(map_page).split(","))
    width = map_page.evaluate(f"{CANVAS}.clientWidth")
    map_page.resize(900, 1200)
    map_page.press(*ARROW_LEFT)
    map_page.wait_for(f"{SEEN} && !{SEEN}.startsWith('{x:g},')")
    after = map(float, seen(map_page).split(","))
    narrower = map_page.evaluate(f"{CANVAS}.clientWidth")
    assert narrower < width
    unit = across / width  # of the map, in a pixel
    assert list(after) == pytest.approx([x - 40 * unit, y, narrower * unit], rel=1e-3, abs=unit)


def test_a_lasso_chooses_the_objects_of_the_classes_that_are_shown_and_a_file_has_them(map_page: Page, points, at):
    map_page.evaluate(
        "[...document.querySelectorAll('.legend label')].find(l => l.textContent.includes('lamp')).click()"
    )
    map_page.wait_for("location.search.includes('hidden=lamp')")
    page = at(map_page.evaluate("location.search").replace("?", "/?", 1))
    page.resize(1300, 1200)
    x, y, width, height = page.evaluate(
        f"(({{x, y, width, height}}) => [x, y, width, height])({CANVAS}.getBoundingClientRect())"
    )
    page.evaluate(LASSO)
    page.drag([(x + 2, y + 2), (x + width - 2, y + 2), (x + width - 2, y + height - 2), (x + 2, y + height - 2)])
    page.wait_for("document.querySelector('.ids')")
    chairs = [row for row, name in enumerate(points["classes"]) if name == "chair"]
    assert ids(page, ".ids") == [points["ids"][row] for row in chairs]
    page.evaluate(CATCH)
    page.evaluate(EXPORT)
    page.wait_for("window.saved")
    rows = list(csv.reader(page.evaluate("window.saved").splitlines()))
    assert rows[0] == ["id", "class", "x", "y"]
    assert [row[0] for row in rows[1:]] == [points["ids"][row] for row in chairs]
    assert [float(row[2]) for row in rows[1:]] == [points["x"][row] for row in chairs]


def test_filters_leave_out_points_and_none_is_said_to_be_left(at, client: Client):
    page = at("/?part=map&class=lamp&text=a+chair")
    legend = page.evaluate("document.querySelector('.legend').textContent.trim()")
    assert legend == f"lamp ({len(client.get('/api/map', class_='lamp').json['ids'])})"
    assert page.evaluate("document.querySelector('[name=k]')") is None
    page = at("/?part=map&psnr=60")
    assert "Nothing passes the filters." in page.evaluate("document.getElementById('part').textContent")


def test_csv_cells_are_quoted_and_run_no_formula(at):
    script = "import('/static/csv.js').then(({ csv }) => csv([['a\"b', '=1+1', null, 2]]))"
    assert at("/").evaluate(script) == '"a""b","\'=1+1","",2\r\n'


def test_a_lasso_holds_what_it_encloses(at):
    script = """import('/static/geometry.js').then(({ inside }) =>
        [[1, 1], [3, 1], [0.5, 0.2]].map(place => inside(place, [[0, 0], [2, 0], [2, 2], [0, 2]])))"""
    assert at("/").evaluate(script) == [True, False, True]
