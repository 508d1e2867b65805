"""An explorer of a collection that `fieldlink add` wrote: its objects have neither classes nor splits."""

from collections.abc import Iterator

import pytest
from explorer.requests import Client
from explorer.serving import serving
from search.meshes import box, collection_of

from fieldlink.explorer.explorer import Explorer


@pytest.fixture(scope="module")
def own_study(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mine")
    for name, height in (("cube", 1.0), ("board", 0.2), ("tower", 4.0)):
        box(folder / "meshes" / f"{name}.off", height=height)
    return collection_of(folder / "meshes", study, folder)


@pytest.fixture(scope="module")
def client(own_study) -> Iterator[Client]:
    explorer = Explorer(own_study)
    explorer.prepare()
    with serving(explorer) as client:
        yield client


def test_objects_are_found_and_none_is_right_or_wrong(client: Client):
    rows = client.get("/api/search", text="a chair").json["rows"]
    assert sorted(row["id"] for row in rows) == ["board", "cube", "tower"]
    assert {(row["class_name"], row["split"], row["right"]) for row in rows} == {(None, None, None)}


def test_there_is_nothing_to_filter_by_but_psnr(client: Client):
    assert client.get("/api/study").json["filters"] == {"class": [], "split": []}
    assert client.get("/api/search", text="a chair", class_="chair").status == 400
    assert client.get("/api/map", psnr=199).json["ids"] == []


def test_an_object_is_shown_with_the_warning_of_a_mesh(client: Client, own_study):
    page = client.get("/api/objects/cube").json
    assert (page["class_name"], page["split"]) == (None, None)
    assert {row["id"] for row in page["neighbours"]["nf2vec"]} == {"board", "tower"}
    warnings = [page["warning"], client.post("/api/zero-shot", nerf="cube").json["warning"]]
    assert warnings == [own_study.classify(nerf="cube").warning] * 2
    assert "real meshes" in warnings[0]


def test_the_map_has_all_objects(client: Client):
    points = client.get("/api/map", nerf="cube").json
    assert points["ids"] == ["board", "cube", "tower"]
    assert set(points["classes"]) == {None}
    assert points["warning"]


def test_the_page_shows_them(client: Client, page):
    page.errors.clear()
    page.open(f"{client.address}/?text=a+chair")
    page.wait_for("document.querySelectorAll('.card').length === 3")
    assert page.evaluate("document.querySelectorAll('[name=split], [name=class]').length") == 0
    page.open(f"{client.address}/?object=cube")
    page.wait_for("document.body.dataset.state === 'ready'")
    assert "real meshes" in page.evaluate("document.getElementById('warning').textContent")
    page.open(f"{client.address}/?part=map")
    page.wait_for("document.querySelector('.legend')")
    assert page.evaluate("document.querySelector('.legend').textContent.trim()") == "no class (3)"
    assert page.errors == []
