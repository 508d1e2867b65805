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
import trimesh
from explorer.requests import Client

from fieldlink.explorer.bodies import MOST_BYTES
from fieldlink.scenes import pictures

LETTERS = "abc é漢\u202e\0\n'\"<>&%;--/..\\🪑{}$`"
ASKED = ("/api/search", "/api/map", "/api/zero-shot", "/api/study", "/api/why", "/api/objects/")
PATHS = (*ASKED, "/static/", "/", "/api/")
NAMES = ("text", "nerf", "query", "by", "k", "seed", "class", "split", "psnr", "space", "prompt", "az", "size", "x")
WHY = ("table", "row", "column", "metric")
VALUES = ("", "0", "-1", "1e309", "nan", "9" * 400, "../../etc/passwd", "/etc", "mean", "<script>", "a red chair")
SUFFIXES = ("", "glb", "obj", "ply", "stl", "off", "safetensors", "pth", "../x")
HUNG_UP = 429  # a busy server may do so while a large body still comes
GOOD_PER_SECOND = 4
MOST_AT_ONCE = 100


@dataclass
class Outcome:
    """What came back."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)  # requests without an answer, and their errors
    good: list[tuple[int, float]] = field(default_factory=list)  # statuses and seconds of good requests
    memory: list[int] = field(default_factory=list)  # MB of the server, once a second

    @property
    def late_growth(self) -> int:
        """MB by which the server's memory grew at most in the second half of the time, after it has warmed up."""
        late = self.memory[len(self.memory) // 2 :]
        return max(late) - late[0]

    @property
    def good_statuses(self) -> Counter[int]:
        return Counter(status for status, _ in self.good)

    @property
    def good_share(self) -> float:
        """The share of good requests that were answered, and not told to come back."""
        return self.good_statuses[200] / len(self.good)

    @property
    def good_p95(self) -> float:
        """Seconds of those that were answered."""
        return float(np.quantile([seconds for status, seconds in self.good if status == 200], 0.95))


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
    watchers = [threading.Thread(target=_ask_well, args=(client, ids, outcome, stop))]
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
    kinds = (_garbage, _parameters, _view, _body, _frame, _why)
    return draws.choices(kinds, weights=(3, 5, 2, 1, 1, 0.5))[0](client, ids, random.Random(draws.random()))


def text(draws: random.Random, most: int = 60) -> str:
    return "".join(draws.choices(LETTERS, k=draws.randrange(1, most)))


def _garbage(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    path = draws.choice(PATHS) + quote(text(draws))
    method = draws.choice(("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"))
    headers = {"Host": draws.choice(("evil.example", "127.0.0.1", "localhost"))}
    return lambda: client.send(method, path, headers=headers).status


def _parameters(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    path = draws.choice(ASKED) + (draws.choice(ids) if draws.random() < 0.3 else "")
    parameters = {name: draws.choice((*VALUES, text(draws), *ids[:2])) for name in draws.sample(NAMES, 3)}
    method = draws.choice(("GET", "GET", "POST"))
    return lambda: client.send(method, path, None, None, **parameters).status


def _view(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    path = f"/api/objects/{quote(draws.choice(ids))}/{draws.choice(('view', 'picture', 'field', ''))}"
    parameters = {"az": draws.randrange(360), "size": draws.choice((16, 64, 128, 512, 4096))}
    return lambda: client.get(path, **(parameters if path.endswith("view") else {})).status


def _body(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    broken = b"\x89PNG\r\n\x1a\n" + draws.randbytes(200)
    data = draws.choice((draws.randbytes(2000), b"", broken, _picture(draws), _mesh(draws), bytes(MOST_BYTES)))
    suffix = "stl" if draws.random() < 0.3 else draws.choice(SUFFIXES)
    path = draws.choice(("/api/search", "/api/zero-shot"))

    def send() -> int:
        try:
            return client.post(path, data, suffix=suffix).status
        except ConnectionError:
            if len(data) < MOST_BYTES:
                raise
            return HUNG_UP

    return send


def _why(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    parameters = {name: draws.choice(("4.4a", "nerf2clip siglip", "recall@1", text(draws))) for name in WHY}
    return lambda: client.get("/api/why", **parameters).status


def _frame(client: Client, ids: list[str], draws: random.Random) -> Callable[[], int]:
    object_id, elevation = quote(draws.choice(ids)), draws.randrange(-89, 90)
    return lambda: client.get(f"/api/objects/{object_id}/view", az=draws.randrange(360), el=elevation, size=128).status


def _picture(draws: random.Random) -> bytes:
    return pictures.encode(np.frombuffer(draws.randbytes(64 * 64 * 3), np.uint8).reshape(64, 64, 3))


def _mesh(draws: random.Random) -> bytes:
    """A box that no other request sends."""
    return trimesh.creation.box([draws.uniform(0.2, 1) for _ in range(3)]).export(file_type="stl")


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
        status = client.get(path, **parameters).status
        took = time.monotonic() - start
        outcome.good.append((status, took))
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
    print(f"{len(outcome.good)} good ones: {dict(outcome.good_statuses)}, p95 {outcome.good_p95:.3f} s")
    print(f"memory of the server: {outcome.memory[:1]} to {outcome.memory[-1:]} MB, at most {max(outcome.memory)}")
    print(f"in the second half it grew by {outcome.late_growth} MB")


if __name__ == "__main__":
    import tyro

    tyro.cli(main)
