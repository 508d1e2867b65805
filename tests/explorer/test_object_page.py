"""The page of one object in a real browser: its NeRF live, measures, neighbours in every space, zero-shot."""

import json

import pytest
from explorer.browsing import DRAWN, JUDGED, ids

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


def test_an_objects_page_shows_its_nerf_measures_and_neighbours(at, study):
    object_id = study.ids[0]
    page = at(f"/?object={object_id}")
    page.wait_for("document.querySelector('.live').dataset.drawn")
    text = page.evaluate("document.getElementById('main').textContent")
    truth = study.object(object_id)
    assert truth.caption in text
    assert f"{truth.psnr['psnr_heldout']:.1f} dB" in text
    assert set(ids(page, "details")) <= set(study.ids)
    page.evaluate("document.querySelector('#part details:not([open]) summary').click()")
    page.wait_for("document.querySelectorAll('#part details[open] .cards').length === 3")
    page.evaluate("document.querySelector('.zero-shot').requestSubmit()")
    page.wait_for("document.querySelectorAll('.opinions table').length === 2")


TITLES = "[...document.querySelectorAll('#part details > summary')].map(title => title.textContent)"
OPEN_ALL = "document.querySelectorAll('#part details').forEach(part => { part.open = true; })"
FOUND = """[...document.querySelectorAll('#part details')].map(part =>
    [...part.querySelectorAll('[data-object]')].map(link => link.dataset.object))"""


def test_the_neighbours_of_an_object_are_found_in_every_space(at, study):
    object_id, names = study.ids[0], [space.name for space in study.variants]
    page = at(f"/?object={object_id}")
    assert sorted(title.split(": ")[0] for title in page.evaluate(TITLES)) == sorted(names)
    page.evaluate(OPEN_ALL)
    page.wait_for(f"document.querySelectorAll('#part details .cards').length === {len(names)}")
    for title, shown in zip(page.evaluate(TITLES), page.evaluate(FOUND), strict=True):
        by, _, judged = title.partition(": ")
        rows = study.search(nerf=object_id, by=by, seed="mean", k=6).rows
        assert shown == [row.id for row in rows], by
        right = sum(row.class_name == study.object(object_id).class_name for row in rows)
        assert judged == f"{right} of 6 of its class"


BUSY_ONCE = """(() => { const ask = window.fetch;
  window.fetch = (...request) => { window.fetch = ask;
    return Promise.resolve(new Response('{"error": "busy; try again in 1 s"}', { status: 429 })); };
})()"""


def test_a_space_that_was_busy_is_asked_again_when_it_is_shown_again(at, study):
    page = at(f"/?object={study.ids[0]}")
    page.wait_for(DRAWN)
    page.evaluate(BUSY_ONCE)
    last = "[...document.querySelectorAll('#part details')].at(-1)"
    page.evaluate(f"{last}.open = true")
    page.wait_for(f"{last}.querySelector('.error')?.textContent.includes('busy')")
    page.evaluate(f"{last}.open = false")
    page.wait_for(f"!{last}.open")
    page.evaluate(f"{last}.open = true")
    page.wait_for(f"{last}.querySelectorAll('.card').length === 6")
    assert page.evaluate(f"{last}.querySelector('.error')") is None


def test_the_address_has_a_question_of_classes_and_the_side_of_the_live_view(at, study):
    page = at(f"/?object={study.ids[0]}")
    page.wait_for(DRAWN)
    before = page.evaluate("history.length")
    page.evaluate("""(() => { const slider = document.querySelector('[name=azimuth]');
        slider.value = 120; slider.dispatchEvent(new Event('input')); })()""")
    page.wait_for("location.search.includes('az=120&el=25')")
    page.evaluate("document.querySelector('.zero-shot').requestSubmit()")
    page.wait_for(JUDGED)
    address = page.evaluate("location.pathname + location.search")
    assert "az=120&el=25" in address
    assert "classify=1" in address
    assert page.evaluate("history.length") == before
    page = at(address)
    page.wait_for(JUDGED)
    sides = "['azimuth', 'elevation'].map(name => document.querySelector(`[name=${name}]`).value)"
    assert page.evaluate(sides) == ["120", "25"]
    links = page.evaluate("[...document.querySelectorAll('#part a')].map(link => link.href)")
    assert links
    assert not any("az=" in link for link in links)


def test_the_browser_draws_ten_nerfs_as_the_server_does(at, study):
    page = at("/")
    if not page.evaluate("Boolean(document.createElement('canvas').getContext('webgl2'))"):
        pytest.skip("this Chromium has no WebGL 2")
    for object_id in study.ids[:NERFS]:
        decibels, lit = page.evaluate(f"{COMPARE}({json.dumps(object_id)})")
        assert lit > 50, object_id
        assert decibels >= LEAST, object_id


NO_WEBGL = """const getContext = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind === 'webgl2' ? null : getContext.call(this, kind, ...rest);
};"""


def test_the_server_draws_where_the_browser_cannot(at, study):
    page = at("/")
    script = page.send("Page.addScriptToEvaluateOnNewDocument", source=NO_WEBGL)["identifier"]
    at(f"/?object={study.ids[0]}")
    page.wait_for("document.querySelector('.live').dataset.drawn === 'server'")
    page.send("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
    assert "the browser has no WebGL 2" in page.evaluate("document.querySelector('.live').textContent")
    assert page.evaluate("document.querySelector('.stage img').naturalWidth") > 0
