"""Ids, captions and classes of objects are text wherever the page shows them, whatever they hold."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pytest
from explorer.browsing import READY, ids
from explorer.requests import Client
from explorer.serving import serving
from search.study_folders import folder_with

from fieldlink.core import datasets
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, NERF_EMBEDDINGS, NERFS, OBJECTS, VIEWS, Schema
from fieldlink.explorer.explorer import Explorer
from fieldlink.search.finished_study import Study

MARK = "window.ran = true"
ID, CLASS, CAPTION = (f'<img src=x {name} onerror="{MARK}">' for name in ("id", "class", "caption"))
ENTER = ("Enter", 13)
UNHARMED = "!window.ran && document.querySelectorAll('[onerror]').length === 0"


@pytest.fixture(scope="module")
def client(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """An explorer of the study in which one object's id, caption and class are hostile."""
    explorer = Explorer(hostile_study(study, tmp_path_factory.mktemp("hostile")))
    explorer.prepare()
    with serving(explorer) as client:
        yield client


def hostile_study(study: Study, folder: Path) -> Study:
    changed = {"objects", "views", "nerfs", "embeddings"}
    data, old = folder_with(study, folder / "study", changed | {"embedding_spaces"}) / "data", study.ids[0]
    (data / "embeddings").mkdir()
    schemas: dict[str, Schema] = {"objects": OBJECTS, "views": VIEWS, "nerfs": NERFS}
    schemas |= {"embeddings/nerfs": NERF_EMBEDDINGS, "embeddings/views": IMAGE_EMBEDDINGS}
    for name, schema in schemas.items():
        rows = datasets.read(study.folder / "data" / name, schema)
        key = schema.key[0]
        renamed = rows.set_column(
            rows.column_names.index(key), rows.schema.field(key), pa.array(renamed_ids(rows[key], old), pa.string())
        )
        if schema is OBJECTS:
            renamed = pa.Table.from_pylist([hostile_row(row) for row in renamed.to_pylist()], renamed.schema)
        datasets.write(data / name, schema, [renamed.sort_by([(part, "ascending") for part in schema.key])], "test")
    return Study(folder / "study")


def renamed_ids(column: pa.ChunkedArray, old: str) -> list[str]:
    return [ID if name == old else name for name in column.to_pylist()]


def hostile_row(row: dict[str, Any]) -> dict[str, Any]:
    if row["object_id"] != ID:
        return row
    return row | {"base_object_id": ID, "class_name": CLASS, "caption": CAPTION}


@pytest.fixture
def at_hostile(at):
    """Opens an address; afterwards no script of the labels has run."""
    pages = []

    def open_page(path: str):
        pages.append(at(path))
        return pages[-1]

    yield open_page
    assert pages[-1].evaluate(UNHARMED)


def test_a_card_shows_them(at_hostile):
    page = at_hostile(f"/?text=a+lamp&class={quote(CLASS)}")
    assert ids(page) == [ID]
    texts = page.evaluate("['.id', '.facts span'].map(part => document.querySelector(`.card ${part}`).textContent)")
    assert texts == [ID, CLASS]
    assert CLASS in page.evaluate("document.querySelector('.menu').textContent")


def test_the_page_of_an_object_shows_them(at_hostile):
    page = at_hostile(f"/?object={quote(ID)}")
    page.wait_for("document.querySelector('.live').dataset.drawn")
    assert page.evaluate("document.querySelector('.object h2').textContent") == ID
    texts = page.evaluate("[...document.querySelectorAll('dd')].map(value => value.textContent)")
    assert {CLASS, CAPTION} <= set(texts)


def test_the_map_shows_them(at_hostile):
    page = at_hostile(f"/?part=map&copies=1&class={quote(CLASS)}")
    page.evaluate("document.querySelector('.map canvas').focus()")
    page.press("0", 48)
    assert page.evaluate("document.querySelector('.tip').textContent") == f"{ID}, {CLASS}"
    assert CLASS in page.evaluate("document.querySelector('.legend').textContent")
    page.press(*ENTER)
    page.wait_for(f"document.title.startsWith({json.dumps(ID)})")
    page.wait_for(READY)
