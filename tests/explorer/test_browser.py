"""The page in a real browser: what a person does with it, what it draws, and what it asks."""

import json
from base64 import b64encode
from urllib.parse import quote

import numpy as np
import pytest
from explorer.chromium import Page
from search.meshes import box

from fieldlink.scenes import pictures

VIOLATIONS = "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(node => node.html)]))"
BOX = """(({ x, y, width, height }) => [x, y, width, height])(
    document.querySelector('.map canvas').getBoundingClientRect())"""
LASSO = "[...document.querySelectorAll('button')].find(button => button.textContent === 'Lasso').click()"
READY = "document.body.dataset.state === 'ready'"
NERFS, LEAST = 10, 40.0  # dB
SIDE = 64
COMPARE = """(async id => {
  const { FieldView } = await import('/static/field_view.js');
  const { readField } = await import('/static/field_file.js');
  const bytes = async path => (await fetch(path)).arrayBuffer();
  const shader = await (await fetch('/static/field.frag.glsl')).text();
  const field = readField(await bytes(`/api/objects/${id}/field`));
  const canvas = document.createElement('canvas'), view = new FieldView(canvas, field, shader);
  view.draw({ azimuth: 70, elevation: 20, angle: field.angle, distance: field.distance }, SIDE);
  const own = view.pixels();
  view.dispose();
  const picture = await createImageBitmap(new Blob([await bytes(`/api/objects/${id}/view?az=70&el=20&size=SIDE`)]));
  const flat = new OffscreenCanvas(SIDE, SIDE).getContext('2d');
  flat.fillRect(0, 0, SIDE, SIDE);
  flat.drawImage(picture, 0, 0);
  const server = flat.getImageData(0, 0, SIDE, SIDE).data;
  let sum = 0, lit = 0;
  for (let place = 0; place < 3 * SIDE * SIDE; place++) {
    const part = place % 3, column = Math.floor(place / 3) % SIDE, row = Math.floor(place / 3 / SIDE);
    const a = own[4 * ((SIDE - 1 - row) * SIDE + column) + part], b = server[4 * (row * SIDE + column) + part];
    sum += ((a - b) / 255) ** 2;
    lit += b > 0;
  }
  return [-10 * Math.log10(sum / (3 * SIDE * SIDE)), lit];
})""".replace("SIDE", str(SIDE))


@pytest.fixture
def at(page: Page, client):
    """Opens an address of the explorer and waits until it is shown; afterwards nothing may have gone wrong."""
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


def ids(page, place=".cards"):
    return page.evaluate(f"[...document.querySelectorAll('{place} [data-object]')].map(link => link.dataset.object)")


def test_words_are_searched_and_the_address_says_so(at, study):
    page = at("/")
    page.evaluate("document.getElementById('text').focus()")
    page.send("Input.insertText", text="a blue lamp")
    page.send("Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", windowsVirtualKeyCode=13, text="\r")
    page.wait_for("document.querySelector('.card')")
    assert ids(page) == [row.id for row in study.search(text="a blue lamp", k=24, seed="mean").rows]
    assert page.evaluate("location.search") == "?text=a+blue+lamp"
    first_ids = ids(page)
    at("/?text=a+blue+lamp")
    assert ids(page) == first_ids


def test_a_chosen_picture_is_searched_with(at, study, tmp_path):
    path = tmp_path / "mine <b>.png"
    path.write_bytes(pictures.encode(np.random.default_rng(3).integers(0, 256, (40, 40, 3), np.uint8)))
    page = at("/")
    place = page.send("DOM.getDocument")["root"]["nodeId"]
    node = page.send("DOM.querySelector", nodeId=place, selector="#file")["nodeId"]
    page.send("DOM.setFileInputFiles", files=[str(path)], nodeId=node)
    page.wait_for("document.querySelector('.card')")
    assert ids(page) == [row.id for row in study.search(image=path, k=24, seed="mean").rows]
    assert "mine <b>.png" in page.evaluate("document.getElementById('asked').textContent")
    assert page.evaluate("document.getElementById('warning').textContent")


@pytest.mark.parametrize(
    ("event", "holder"), [("DragEvent('drop'", "dataTransfer"), ("ClipboardEvent('paste'", "clipboardData")]
)
@pytest.mark.parametrize("kind", ["image", "mesh"])
def test_a_dropped_and_a_pasted_file_is_searched_with(at, study, tmp_path, event, holder, kind):
    path = box(tmp_path / "mesh.off")  # the name, and so the views, that any uploaded mesh has
    if kind == "image":
        path = tmp_path / "mine.png"
        path.write_bytes(pictures.encode(np.random.default_rng(4).integers(0, 256, (40, 40, 3), np.uint8)))
    page = at("/")
    page.evaluate(f"""(() => {{
        const files = new DataTransfer();
        const bytes = Uint8Array.from(atob('{b64encode(path.read_bytes()).decode()}'), letter => letter.charCodeAt(0));
        files.items.add(new File([bytes], '{path.name}'));
        document.dispatchEvent(new {event}, {{ {holder}: files, bubbles: true, cancelable: true }}));
    }})()""")
    page.wait_for("document.querySelector('.card')")
    assert ids(page) == [row.id for row in study.search(**{kind: path}, k=24, seed="mean").rows]


def test_ways_to_search_stand_side_by_side(at, study):
    names = [space.name for space in study.variants if "text" in space.for_kinds][:3]
    page = at("/?text=a+chair&" + "&".join(f"by={quote(name)}" for name in names))
    assert page.evaluate("document.querySelectorAll('.column').length") == 3
    assert page.evaluate("[...document.querySelectorAll('.column select')].map(menu => menu.value)") == names


def test_a_filter_changes_what_is_found(at):
    page = at("/?text=a+chair")
    page.evaluate("""(() => { const menu = document.querySelector('[name=split]'); menu.value = 'test';
        menu.dispatchEvent(new Event('change', { bubbles: true })); })()""")
    page.wait_for("location.search.includes('split=test')")
    page.wait_for(READY)
    splits = page.evaluate("[...document.querySelectorAll('.facts span:nth-child(2)')].map(part => part.textContent)")
    assert set(splits) == {"test"}


def test_an_objects_page_shows_its_nerf_measures_and_neighbours(at, study):
    object_id = study.ids[0]
    page = at(f"/?object={object_id}")
    page.wait_for("document.querySelector('.live').dataset.drawn")
    text = page.evaluate("document.getElementById('main').textContent")
    truth = study.object(object_id)
    assert truth.caption in text
    assert f"{truth.psnr['psnr_heldout']:.1f} dB" in text
    assert set(ids(page, "details")) <= set(study.ids)
    page.evaluate("document.querySelector('.zero-shot').requestSubmit()")
    page.wait_for("document.querySelectorAll('.opinions table').length === 2")


def test_the_map_is_zoomed_by_keys_and_a_lasso_chooses(at, study):
    page = at("/?part=map&text=a+chair")
    page.resize(1300, 1200)  # the whole map is in the window
    x, y, width, height = page.evaluate(BOX)
    page.evaluate(LASSO)
    page.drag([(x + 2, y + 2), (x + width - 2, y + 2), (x + width - 2, y + height - 2), (x + 2, y + height - 2)])
    page.wait_for("document.querySelector('.ids')")
    assert sorted(ids(page, ".ids")) == sorted(study.map_points().ids)
    page.evaluate("document.querySelector('.map canvas').focus()")
    page.press("ArrowLeft", 37)
    assert page.evaluate("document.activeElement.tagName") == "CANVAS"


def test_csv_cells_are_quoted_and_run_no_formula(at):
    script = "import('/static/csv.js').then(({ csv }) => csv([['a\"b', '=1+1', null, 2]]))"
    assert at("/").evaluate(script) == '"a""b","\'=1+1","",2\r\n'


def test_a_lasso_holds_what_it_encloses(at):
    script = """import('/static/geometry.js').then(({ inside }) =>
        [[1, 1], [3, 1], [0.5, 0.2]].map(place => inside(place, [[0, 0], [2, 0], [2, 2], [0, 2]])))"""
    assert at("/").evaluate(script) == [True, False, True]


def test_hostile_words_are_shown_as_words(at):
    words = "<img src=x onerror=\"document.title='run'\">"
    page = at(f"/?text={quote(words)}")
    assert page.evaluate("document.getElementById('text').value") == words
    assert page.evaluate("document.querySelectorAll('img[onerror]').length") == 0


def test_the_browser_draws_ten_nerfs_as_the_server_does(at, study):
    page = at("/")
    if not page.evaluate("Boolean(document.createElement('canvas').getContext('webgl2'))"):
        pytest.skip("this Chromium has no WebGL 2")
    for object_id in study.ids[:NERFS]:
        decibels, lit = page.evaluate(f"{COMPARE}({json.dumps(object_id)})")
        assert lit > 50, object_id
        assert decibels >= LEAST, object_id


PARTS = (
    "/",
    "/?text=a+chair",
    "/?object={object_id}",
    "/?part=map&text=a+chair",
    "/?nerf={object_id}&prompt=a+lamp&prompt=a+chair",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("part", PARTS)
def test_axe_finds_nothing_and_nothing_is_cut_off(at, study, axe, part, scheme):
    page = at("/")
    page.prefer(scheme)
    for width in (1300, 390):
        page.resize(width, 900)
        at(part.format(object_id=study.ids[0]))
        page.evaluate(f"{axe}; 0")
        violations = page.evaluate(VIOLATIONS)
        assert violations == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
