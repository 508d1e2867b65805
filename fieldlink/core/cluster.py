"""Work on a Ray cluster, or on a Ray of this machine alone. The one import of ray."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from fieldlink.core.errors import InputError

Item = TypeVar("Item")
Result = TypeVar("Result")
QUIET = {"log_to_driver": False, "logging_level": "ERROR"}
RETRIES = 4  # of a task whose worker or node was lost
# A Ray of this machine alone uses no network: no usage statistics, and look-ups of cloud metadata meet a dead proxy.
LOOPBACK = {
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
    **dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
}


@dataclass(frozen=True)
class Cluster:
    """The Ray that runs tasks."""

    address: str  # host:port of a running Ray; "" starts one on this machine alone
    gpu: bool  # whether each task needs a GPU of its own


def map_on_ray(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int, cluster: Cluster
) -> Iterator[Result]:
    """`work` on each item as a task of Ray, results in order. Tasks of a lost worker or node run again elsewhere."""
    with _ray_at(cluster.address) if cluster.address else _ray_here(workers) as ray:
        task = ray.remote(_on_one_thread).options(num_cpus=1, num_gpus=int(cluster.gpu), max_retries=RETRIES)

        def submit(item: Item) -> Callable[[], Result]:
            reference = task.remote(work, item)

            def result() -> Result:
                try:
                    return ray.get(reference)
                except ray.exceptions.RayTaskError as error:
                    raise error.cause from None  # as a worker process would

            return result

        def limit() -> int:  # again for each item, as nodes come and go
            return 2 * max(1, int(ray.cluster_resources().get("GPU" if cluster.gpu else "CPU", 1)))

        yield from results_in_order(submit, items, limit)


def _on_one_thread(work: Callable[[Item], Result], item: Item) -> Result:
    single_threaded()
    return work(item)


@contextmanager
def _ray_here(workers: int) -> Iterator[Any]:
    """A Ray of this machine alone, with a token of its own; it and its files are gone at the end."""
    import shutil
    import tempfile

    before, folder = dict(os.environ), tempfile.mkdtemp(prefix="ray")
    root = str(Path(__file__).parents[2])  # so that its workers import this code
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ.update(LOOPBACK | {"RAY_AUTH_TOKEN": _token(), "PYTHONPATH": os.pathsep.join(paths)})
    try:
        ray = _ray()
        ray.init("local", num_cpus=workers, include_dashboard=False, _temp_dir=folder, **QUIET)
        yield ray
    finally:
        if "ray" in sys.modules:
            sys.modules["ray"].shutdown()
        os.environ.clear()
        os.environ.update(before)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _ray_at(address: str) -> Iterator[Any]:
    import socket

    host, _, port = address.partition(":")
    try:  # Ray itself would try for minutes
        socket.create_connection((host, int(port)), timeout=10).close()
    except (OSError, ValueError) as error:
        raise InputError(f"runtime.address: no Ray at {address!r} ({error}), host:port expected") from error
    ray = _ray()
    ray.init(address, **QUIET)
    try:
        yield ray
    finally:
        ray.shutdown()


def _ray() -> Any:
    try:
        import ray  # reads its settings from the environment when imported
    except ImportError as error:
        message = "runtime.engine: ray is not installed; get it with pip install -e '.[ray]' in the checkout"
        raise InputError(message) from error
    return ray


@cache
def _token() -> str:
    import secrets

    return secrets.token_hex(16)


def results_in_order(
    submit: Callable[[Item], Callable[[], Result]], items: Iterable[Item], limit: Callable[[], int]
) -> Iterator[Result]:
    """Results in the order of `items`, of which at most `limit()` are submitted and unread at a time.

    `submit`: starts work on an item and returns a function that waits for its result.
    """
    waiting: deque[Callable[[], Result]] = deque()
    for item in items:
        waiting.append(submit(item))
        if len(waiting) > limit():
            yield waiting.popleft()()
    while waiting:
        yield waiting.popleft()()


def single_threaded() -> None:
    """Limit this process to one thread: numpy's, torch's and OpenMP's."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    os.environ["OMP_NUM_THREADS"] = "1"  # for a torch that is imported later
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)
