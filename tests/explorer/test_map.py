"""`GET /api/map`: filters leave out objects, and a query from elsewhere carries its warning."""

import numpy as np
import pytest
from explorer.requests import Client

from fieldlink.scenes import pictures


def png() -> bytes:
    return pictures.encode(np.random.default_rng(5).integers(0, 256, (32, 32, 3), np.uint8))


def test_only_objects_that_pass_the_filters_are_on_the_map(client: Client, study):
    pages = {name: study.object(name) for name in study.map_points().ids}
    limit = float(np.median([page.psnr["psnr_heldout"] for page in pages.values()]))
    rules = {
        ("class_", "lamp"): lambda page: page.class_name == "lamp",
        ("split", "test"): lambda page: page.split == "test",
        ("psnr", limit): lambda page: page.psnr["psnr_heldout"] >= limit,
        ("copies", 0): lambda page: page.augmentation == 0,
        ("copies", 1): lambda page: True,
    }
    for (name, value), passes in rules.items():
        parameters = {"copies": 1, name: value}
        points = client.get("/api/map", **parameters).json
        assert points["ids"] == [name for name, page in pages.items() if passes(page)]
        assert len(points["x"]) == len(points["y"]) == len(points["classes"]) == len(points["ids"])


def test_a_query_lies_among_the_objects_that_pass_the_filters(client: Client, study):
    whole, lamps = client.get("/api/map").json, client.get("/api/map", text="a chair", class_="lamp").json
    place = dict(zip(whole["ids"], whole["x"], strict=True))
    xs = [place[name] for name in lamps["ids"]]
    assert min(xs) <= lamps["query"]["x"] <= max(xs)
    nothing = client.get("/api/map", text="a chair", psnr=199).json
    assert (nothing["ids"], nothing["query"]["x"], nothing["query"]["y"]) == ([], None, None)


def test_a_query_from_elsewhere_carries_the_warning_of_its_search(client: Client, study):
    reply = client.post("/api/search", png()).json
    assert reply["warning"]
    assert client.get("/api/map", query=reply["query"]["handle"]).json["warning"] == reply["warning"]
    assert client.get("/api/map", nerf=study.ids[0]).json["warning"] == ""


@pytest.mark.parametrize("wrong", [{"k": 3}, {"class_": "dragon"}, {"seed": 99, "text": "a"}, {"psnr": "x"}])
def test_what_a_map_cannot_use_is_an_error(client: Client, wrong):
    assert client.get("/api/map", **wrong).status == 400
