"""The page in a real browser: what a person does with it, what it draws, and what it asks."""

import json
from base64 import b64encode
from urllib.parse import quote

import numpy as np
import pytest
from explorer.browsing import READY, ids
from search.meshes import box

from fieldlink.scenes import pictures


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


def test_an_id_in_the_bar_asks_with_its_nerf(at, study):
    page = at("/")
    page.evaluate(f"document.getElementById('text').value = {json.dumps(study.ids[0])}")
    page.evaluate("document.getElementById('bar').requestSubmit()")
    page.wait_for("document.querySelector('.card')")
    assert page.evaluate("location.search") == f"?nerf={quote(study.ids[0])}"
    assert ids(page) == [row.id for row in study.search(nerf=study.ids[0], k=24, seed="mean").rows]


def test_a_text_on_the_map_is_searched_where_texts_have_a_place(at):
    page = at("/?part=map&text=a+chair&by=nf2vec")
    assert "The star is the query" in page.evaluate("document.getElementById('main').textContent")


def test_a_chosen_picture_is_searched_with(at, study, tmp_path):
    path = tmp_path / "mine <b>.png"
    path.write_bytes(pictures.encode(np.random.default_rng(3).integers(0, 256, (40, 40, 3), np.uint8)))
    page = at("/")
    root = page.send("DOM.getDocument")["root"]["nodeId"]
    node = page.send("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
    page.send("DOM.setFileInputFiles", files=[str(path)], nodeId=node)
    page.wait_for("document.querySelector('.card')")
    assert ids(page) == [row.id for row in study.search(image=path, k=24, seed="mean").rows]
    assert "mine <b>.png" in page.evaluate("document.getElementById('question').textContent")
    assert page.evaluate("document.getElementById('warning').textContent")


@pytest.mark.parametrize(
    ("event", "holder"), [("DragEvent('drop'", "dataTransfer"), ("ClipboardEvent('paste'", "clipboardData")]
)
@pytest.mark.parametrize("kind", ["image", "mesh"])
def test_a_dropped_and_a_pasted_file_is_searched_with(at, study, tmp_path, event, holder, kind):
    path = box(tmp_path / "my box.off")
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


def test_filters_change_what_is_found(at, study):
    page = at("/?text=a+chair")
    limit = float(np.floor(np.median(study.collection.psnr["psnr_heldout"])))
    page.evaluate("document.querySelector('[name=class][value=lamp]').click()")
    page.wait_for("location.search.includes('class=lamp')")
    for name, value in (("split", "train"), ("seed", "1"), ("copies", "1"), ("psnr", f"{limit:g}")):
        page.evaluate(f"""(() => {{ const field = document.querySelector('[name={name}]'); field.value = '{value}';
            field.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()""")
        page.wait_for(f"location.search.includes('{name}={value}')")
        page.wait_for(READY)
    filters = {"classes": ["lamp"], "split": "train", "copies": True, "least_psnr": limit}
    assert ids(page) == [row.id for row in study.search(text="a chair", k=24, seed=1, **filters).rows]
    assert ids(page)


def test_a_seed_that_a_way_does_not_have_leaves_the_others_alone(at, study):
    page = at("/?text=a+chair&seed=1&by=nerf2clip+siglip&by=CLIP+mean")
    heads = page.evaluate("[...document.querySelectorAll('.column > .quiet')].map(head => head.textContent)")
    assert ["seed" in head for head in heads] == [True, False]
    by = "nerf2clip siglip", "CLIP mean"
    answers = [study.search(text="a chair", by=name, seed=seed, k=24) for name, seed in zip(by, (1, 0), strict=True)]
    assert ids(page) == [row.id for answer in answers for row in answer.rows]


def test_back_shows_what_was_there_before(at):
    page = at("/?text=a+chair")
    first_ids = ids(page)
    page.evaluate("document.querySelector('.card a').click()")
    page.wait_for(f"document.title.startsWith({json.dumps(first_ids[0])})")
    page.wait_for(READY)
    page.evaluate("history.back()")
    page.wait_for("document.querySelectorAll('.card').length > 0 && location.search === '?text=a+chair'")
    page.wait_for(READY)
    assert ids(page) == first_ids


PASTE = """(() => {
    const held = new DataTransfer();
    if (WORDS) held.items.add('a lamp', 'text/plain');
    held.items.add(new File([Uint8Array.from(atob('BYTES'), letter => letter.charCodeAt(0))], 'mine.png'));
    document.getElementById('text').dispatchEvent(
        new ClipboardEvent('paste', { clipboardData: held, bubbles: true, cancelable: true }));
})()"""


def test_words_that_are_pasted_into_a_field_are_no_file(at):
    picture = pictures.encode(np.random.default_rng(5).integers(0, 256, (40, 40, 3), np.uint8))
    script, page = PASTE.replace("BYTES", b64encode(picture).decode()), at("/")
    page.evaluate(script.replace("WORDS", "true"))
    page.evaluate("new Promise(resolve => setTimeout(resolve, 500))")
    assert page.evaluate("location.search") == ""
    assert not any("/api/search" in address for address in page.requests)
    page.evaluate(script.replace("WORDS", "false"))
    page.wait_for("document.querySelector('.card')")


def test_hostile_words_are_shown_as_words(at):
    words = "<img src=x onerror=\"document.title='run'\">"
    page = at(f"/?text={quote(words)}")
    assert page.evaluate("document.getElementById('text').value") == words
    assert page.evaluate("document.querySelectorAll('img[onerror]').length") == 0
