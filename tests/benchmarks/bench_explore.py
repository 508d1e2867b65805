"""The explorer over HTTP, on one core: answers one after another to a client on the same machine.

A gallery page is a search of 24 and their 48 pictures, by six connections as browsers open them, none of it asked
before. The study is the one of this checkout, or of FIELDLINK_STUDY.

There is no baseline. The server of clip-retrieval answers texts and pictures alone, by a published CLIP, so that
its times would be that model's; its index is the baseline of `bench_ask.py`.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from explorer.requests import Client
from explorer.serving import serving

import fieldlink
from benchmarks import scenes
from benchmarks.measuring import keep
from fieldlink.explorer.explorer import Explorer
from fieldlink.scenes import pictures

pytestmark = pytest.mark.bench

STUDY = Path(os.environ.get("FIELDLINK_STUDY", scenes.ROOT))
CONNECTIONS, CARDS = 6, 24


@pytest.fixture(scope="module")
def explorer() -> Explorer:
    if not (STUDY / "data" / "nerfs").is_dir():
        pytest.skip(f"{STUDY}: no finished study; make study, or set FIELDLINK_STUDY")
    made = Explorer(fieldlink.open(STUDY))
    made.prepare()
    return made


@pytest.fixture(scope="module")
def client(explorer: Explorer) -> Iterator[Client]:
    with serving(explorer) as client:
        yield client


def test_explore(client: Client, explorer: Explorer, quick: bool):
    torch.set_num_threads(1)
    count, random = 3 if quick else 100, np.random.default_rng(0)
    ids = [name for name in explorer.study.ids if explorer.study.object(name).augmentation == 0]
    photos = [pictures.encode(random.integers(0, 256, (256, 256, 3), np.uint8)) for _ in range(count)]
    ways: dict[str, Callable[[int], object]] = {
        "text": lambda turn: client.get("/api/search", text=f"a red chair, number {turn}").json,
        "picture of 256²": lambda turn: client.post("/api/search", photos[turn]).json,
        "frame of 128²": lambda turn: client.get(
            f"/api/objects/{ids[turn % len(ids)]}/view", az=turn * 360 / count, size=128
        ),
        "object's page": lambda turn: client.get(f"/api/objects/{ids[turn % len(ids)]}").json,
        "map": lambda turn: client.get("/api/map", text=f"a lamp, number {turn}").json,
    }
    seconds = {name: [_seconds(way, turn) for turn in range(count)] for name, way in ways.items()}
    turns = range(0, len(ids), len(ids) // (2 if quick else 26))  # objects of all classes
    pages = [_seconds(lambda turn: _page(client, ids[turn]), turn) for turn in turns]
    p95 = {f"{name}, p95: s": float(np.quantile(times, 0.95)) for name, times in seconds.items()}
    keep(
        "explore",
        "a page of 24 cards <= 0.5 s; text <= 20 ms, picture <= 40 ms, frame <= 40 ms (p95)",
        None,
        unit="per page of 24 cards",
        seconds={"ours": pages},
        sizes={"objects": len(ids), "cards": CARDS, "connections": CONNECTIONS, "requests of a kind": count},
        also=p95 | {"page of 24 cards, p95: s": float(np.quantile(pages, 0.95))},
        remarks=["Client and server share the interpreter of one process."],
    )


def _seconds(way: Callable[[int], object], turn: int) -> float:
    start = time.perf_counter()
    way(turn)
    return time.perf_counter() - start


def _page(client: Client, object_id: str) -> None:
    """What the page asks for when it shows the neighbours of an object."""
    rows = client.get("/api/search", nerf=object_id, k=CARDS).json["rows"]
    paths = [(f"/api/objects/{row['id']}/picture", {"number": 0}) for row in rows]
    paths += [(f"/api/objects/{row['id']}/view", {"number": 0, "size": 64}) for row in rows]
    with ThreadPoolExecutor(CONNECTIONS) as connections:
        replies = list(connections.map(lambda request: client.get(request[0], **request[1]), paths))
    assert {reply.status for reply in replies} == {200}
