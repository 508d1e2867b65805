"""Random and hostile requests at a fixed rate, and good ones beside them.

Against a running explorer: `python -m explorer.flood --help`, in folder `tests`.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import numpy as np
from explorer.requests import Client

from fieldlink.scenes import pictures

LETTERS = "abc é漢\u202e\0\n'\"<>&%;--/..\\🪑{}$`"
PATHS = ("/api/search", "/api/map", "/api/zero-shot", "/api/study", "/api/objects/", "/static/", "/", "/api/")
NAMES = ("text", "nerf", "query", "by", "k", "seed", "class", "split", "psnr", "space", "prompt", "az", "size", "x")
VALUES = ("", "0", "-1", "1e309", "nan", "9" * 400, "../../etc/passwd", "/etc", "mean", "<script>", "a red chair")
SUFFIXES = ("", "glb", "obj", "ply", "stl", "off", "safetensors", "pth", "../x")
GOOD_PER_SECOND = 4
MOST_AT_ONCE = 100


@dataclass
class Outcome:
    """What came back."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)  # requests without an answer, and their errors
    good_seconds: list[float] = field(default_factory=list)
    good_statuses: Counter[int] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)  # MB of the server, once a second

    @property
    def good_p95(self) -> float:
        """Seconds."""
        return float(np.quantile(self.good_seconds, 0.95))


def flood(client: Client, ids: list[str], rate: int, seconds: float, pid: int) -> Outcome:
    """`rate` random requests per second for some seconds; `pid`: of the server, whose memory is watched."""
    outcome, lock, draws = Outcome(), threading.Lock(), random.Random(0)

    def hostile(request: Callable[[], int]) -> None:
        try:
            status = request()
        except Exception as error:
            with lock:
                outcome.failures.append(repr(error))
            return
        with lock:
            outcome.statuses[status] += 1

    stop = threading.Event()
    watchers = [threading.Thread(target=_ask_well, args=(client, ids, outcome, stop)) for _ in range(1)]
    watchers.append(threading.Thread(target=_watch, args=(pid, outcome, stop)))
    for watcher in watchers:
        watcher.start()
    start = time.monotonic()
    with ThreadPoolExecutor(MOST_AT_ONCE) as senders:
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, start + number / rate - time.monotonic()))
            senders.submit(hostile, random_request(client, ids, draws))
    stop.set()
    for watcher in watchers:
        watcher.join()
    return outcome


def random_request(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    """A request of a random kind, which returns its status."""
    kinds = (_garbage, _parameters, _view, _body, _frame)
    return draws.choices(kinds, weights=(3, 5, 2, 1, 1))[0](client, ids, random.Random(draws.random()))


def text(draws: random.Random, most: int = 60) -> str:
    return "".join(draws.choices(LETTERS, k=draws.randrange(1, most)))


def _garbage(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    path = draws.choice(PATHS) + quote(text(draws))
    method = draws.choice(("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"))
    headers = {"Host": draws.choice(("evil.example", "127.0.0.1", "localhost"))}
    return lambda: client.send(method, path, headers=headers).status


def _parameters(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    path = draws.choice(PATHS[:5]) + (draws.choice(ids) if draws.random() < 0.3 else "")
    parameters = {name: draws.choice((*VALUES, text(draws), *ids[:2])) for name in draws.sample(NAMES, 3)}
    method = draws.choice(("GET", "GET", "POST"))
    return lambda: client.send(method, path, None, None, **parameters).status


def _view(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    path = f"/api/objects/{quote(draws.choice(ids))}/{draws.choice(('view', 'picture', 'field', ''))}"
    parameters = {"az": draws.randrange(360), "size": draws.choice((16, 64, 128, 512, 4096))}
    return lambda: client.get(path, **(parameters if path.endswith("view") else {})).status


def _body(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    data = draws.choice((draws.randbytes(2000), b"", b"\x89PNG\r\n\x1a\n" + draws.randbytes(200), _picture(draws)))
    suffix = draws.choice(SUFFIXES)
    return lambda: client.post("/api/search", data, suffix=suffix).status


def _frame(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    object_id, elevation = quote(draws.choice(ids)), draws.randrange(-89, 90)
    return lambda: client.get(f"/api/objects/{object_id}/view", az=draws.randrange(360), el=elevation, size=128).status


def _picture(draws: random.Random) -> bytes:
    return pictures.encode(np.frombuffer(draws.randbytes(64 * 64 * 3), np.uint8).reshape(64, 64, 3))


def _ask_well(client: Client, ids: list[str], outcome: Outcome, stop: threading.Event) -> None:
    """Good requests one after another, `GOOD_PER_SECOND` at most."""
    number = 0
    while not stop.is_set():
        start, number = time.monotonic(), number + 1
        ways = (
            ("/api/search", {"text": "a red chair", "k": 10}),
            ("/api/search", {"nerf": ids[number % len(ids)], "k": 10}),
            (f"/api/objects/{ids[0]}/picture", {"number": 0}),
        )
        path, parameters = ways[number % len(ways)]
        outcome.good_statuses[client.get(path, **parameters).status] += 1
        took = time.monotonic() - start
        outcome.good_seconds.append(took)
        stop.wait(max(0.0, 1 / GOOD_PER_SECOND - took))


def _watch(pid: int, outcome: Outcome, stop: threading.Event) -> None:
    while not stop.wait(1):
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
        outcome.memory.append(int(fields[1]) * 4096 // 2**20)


def main(port: int, pid: int, rate: int = 200, seconds: float = 60) -> None:
    """Flood the explorer on a port of this machine and print what came back; `pid`: its process."""
    client = Client(port)
    ids = client.get("/api/map").json["ids"]
    outcome = flood(client, ids, rate, seconds, pid)
    print(
        f"{sum(outcome.statuses.values())} random requests in {seconds:g} s: {dict(sorted(outcome.statuses.items()))}"
    )
    print(f"without an answer: {len(outcome.failures)} {outcome.failures[:3]}")
    print(f"{len(outcome.good_seconds)} good ones: {dict(outcome.good_statuses)}, p95 {outcome.good_p95:.3f} s")
    print(f"memory of the server: {outcome.memory[:1]} to {outcome.memory[-1:]} MB, at most {max(outcome.memory)}")


if __name__ == "__main__":
    import tyro

    tyro.cli(main)
