"""Lanes, the cache of pictures, values of requests, JSON: without any study."""

import asyncio
import json
import threading

import pytest
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException

from fieldlink.explorer.byte_cache import ByteCache
from fieldlink.explorer.json_replies import Json
from fieldlink.explorer.lanes import Lane, Places
from fieldlink.explorer.request_values import RequestValues, clean
from fieldlink.explorer.uploads import file_name


def test_a_lane_refuses_what_is_beyond_those_that_may_wait():
    async def ask() -> list[object]:
        lane, end = Lane("work", threads=1, waiting=1, retry_after=7), threading.Event()
        requests = [asyncio.ensure_future(lane.run(end.wait, 10)) for _ in range(3)]
        await asyncio.sleep(0)
        end.set()
        return await asyncio.gather(*requests, return_exceptions=True)

    first, second, third = asyncio.run(ask())
    assert (first, second) == (True, True)
    assert isinstance(third, HTTPException)
    assert third.status_code == 429
    assert third.headers == {"Retry-After": "7"}


def test_a_lane_takes_work_again_after_an_error():
    async def ask() -> list[object]:
        lane = Lane("work", threads=1, waiting=0, retry_after=1)
        results = []
        for text in ("one", "2"):
            results += await asyncio.gather(lane.run(int, text), return_exceptions=True)
            await asyncio.sleep(0.05)
        return results

    failed, number = asyncio.run(ask())
    assert isinstance(failed, ValueError)
    assert number == 2


def test_places_refuse_what_finds_none_free_and_are_free_again_after_an_error():
    places = Places("files", count=1, retry_after=3)
    with places.reserved(), pytest.raises(HTTPException) as refusal, places.reserved():
        pass
    assert (refusal.value.status_code, refusal.value.headers) == (429, {"Retry-After": "3"})
    with pytest.raises(ValueError, match="wrong"), places.reserved():
        raise ValueError("wrong")
    with places.reserved():
        pass


@pytest.mark.parametrize(
    ("name", "read_as"),
    [
        ("chair.glb", "chair.glb"),
        ("my Chair (1).GLB", "my Chair (1).GLB"),
        ("folder\\..\\/chair.glb", "chair.glb"),
        ("/etc/passwd", "mesh.glb"),
        ("..", "mesh.glb"),
        (".glb", "mesh.glb"),
        ("", "mesh.glb"),
        ("chair.obj", "mesh.glb"),
        (f"{'é' * 130}.glb", "mesh.glb"),
    ],
)
def test_a_mesh_is_read_under_the_name_of_the_users_file_where_that_is_safe(name, read_as):
    assert file_name(name, "glb") == read_as


def test_the_cache_drops_what_was_used_longest_ago():
    cache, new_keys = ByteCache(10), []

    def get(key):
        return cache.get(key, lambda: new_keys.append(key) or bytes(4))

    for key in "abacab":
        get(key)
    assert new_keys == ["a", "b", "c", "b"]


def test_numbers_that_are_none_and_those_out_of_bounds_are_errors():
    for text in ("nan", "inf", "1e999", "x", "0x1", "7", "-1"):
        with pytest.raises(HTTPException, match="k: "):
            RequestValues(QueryParams({"k": text}), ("k",)).integer("k", 0, 6, 1)
    with pytest.raises(HTTPException, match="whole"):
        RequestValues(QueryParams({"k": "1.5"}), ("k",)).integer("k", 0, 6, 1)
    assert RequestValues(QueryParams({"k": "6"}), ("k",)).integer("k", 0, 6, 1) == 6


def test_texts_lose_what_cannot_be_printed():
    assert clean(" a\0b\u202e\ud800c ") == "a b  c"


def test_json_has_null_for_what_is_no_number():
    values = {"a": [float("nan"), float("inf"), 1.5], "b": None, "c": ("x", float("-inf"))}
    assert json.loads(Json(values).body) == {"a": [None, None, 1.5], "b": None, "c": ["x", None]}
