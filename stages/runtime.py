"""What every stage needs of the machines: seeds, workers here or on a Ray cluster, memory, progress, the command line.

The one door to Ray.
"""

import hashlib
import json
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from stages.errors import InputError

if TYPE_CHECKING:
    from tqdm import tqdm

Item = TypeVar("Item")
Result = TypeVar("Result")


def seed_of(study_seed: int, *keys: str | int) -> int:
    """A seed in [0, 2^63) that depends on the study's seed and the keys alone (an object's id, a variant, …)."""
    text = json.dumps([study_seed, *keys])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def scratch_folder(stage: str) -> Path:
    """Where a stage keeps finished work outside its outputs; the environment's FIELDLINK_SCRATCH moves it."""
    return Path(os.environ.get("FIELDLINK_SCRATCH", ".scratch")) / stage


def progress(items: Iterable[Item], stage: str, unit: str, initial: int = 0) -> "tqdm[Item]":
    """A bar with rate and time left on a terminal; at most one line a minute in a log."""
    from tqdm import tqdm

    seconds = 0.2 if sys.stderr.isatty() else 60.0
    return tqdm(
        items, desc=stage, unit=unit, initial=initial, mininterval=seconds, maxinterval=seconds, dynamic_ncols=True
    )


@dataclass(frozen=True)
class Cluster:
    """A Ray that does the work: the address of one that runs already, or none for one on this machine alone."""

    address: str
    gpu: bool  # whether a task needs one to itself


def in_workers(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    workers: int | None,
    preload: Sequence[str] = (),
    cluster: Cluster | None = None,
) -> Iterator[Result]:
    """`work` on each item, results in order. Each worker is a single-threaded process; `preload`: modules they share.

    One worker means this very process, also on a single thread, so that the numbers don't depend on `workers`; none,
    this process with its own threads, for work that can't be divided. A cluster has workers of its own.
    """
    if cluster is not None:
        yield from _on_ray(work, items, workers or 1, cluster)
        return
    if workers is None or workers == 1:
        if workers == 1:
            _single_threaded()
        yield from map(work, items)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker) as pool:
        try:
            yield from _in_order(lambda item: pool.submit(work, item).result, items, lambda: 2 * workers)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_order(
    submit: Callable[[Item], Callable[[], Result]], items: Iterable[Item], most: Callable[[], int]
) -> Iterator[Result]:
    """Results in the order of their items, of which at most `most` are under way: others aren't read yet."""
    waiting: deque[Callable[[], Result]] = deque()
    for item in items:
        waiting.append(submit(item))
        if len(waiting) > most():
            yield waiting.popleft()()
    while waiting:
        yield waiting.popleft()()


def side_by_side(work: Callable[[Item], Result], items: Sequence[Item], device: str) -> list[Result]:
    """`work` on each item; in threads where the rest is done by a GPU, which would wait for a single processor."""
    if device == "cpu":
        return [work(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as threads:
        return list(threads.map(work, items))


def halving(work: Callable[[Any], Result], items: Any, batch: int) -> Iterator[Result]:
    """`work` on `batch` items after the other (slices of an array or table); where memory runs out, on half as many.

    From there on it stays at half. Raises what `work` raises if a single item is too much.
    """
    import torch

    start, batch = 0, min(batch, len(items))
    while start < len(items):
        try:
            result = work(items[start : start + batch])
        except (MemoryError, torch.OutOfMemoryError):
            if batch == 1:
                raise
            result = None
        if result is None:  # outside of the handler, which still holds what filled the memory
            batch //= 2
            torch.cuda.empty_cache()
            print(f"out of memory: going on with {batch} at once", file=sys.stderr)
            continue
        yield result
        start += batch


def precision(name: str, device: str) -> AbstractContextManager[Any]:
    """A block whose matrix products are computed in float32, bfloat16 or float16."""
    if name == "float32":
        return nullcontext()
    import torch

    return torch.autocast(device, getattr(torch, name))


def command(verb: Callable[..., Any]) -> None:
    """Run a verb from its command line; what a user can mend is printed without a traceback. Its seconds are kept."""
    import tyro

    started = time.monotonic()
    try:
        tyro.cli(verb)
    except InputError as error:
        sys.exit(f"{verb.__name__}: {error}")
    except KeyboardInterrupt:
        print(f"{verb.__name__}: stopped; the same command goes on where it was", file=sys.stderr)
        sys.exit(130)
    _keep_seconds(verb.__name__, time.monotonic() - started)


def _keep_seconds(stage: str, seconds: float) -> None:
    folder, out = scratch_folder("times"), told_out(sys.argv)
    folder.mkdir(parents=True, exist_ok=True)
    record = {"stage": stage, "out": out, "seconds": round(seconds, 2)}
    (folder / f"{stage}-{out.replace('/', '-')}.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


def told_out(words: Sequence[str]) -> str:
    """What tells stages of one verb apart: where its command writes, the last two names; '' if it has no --out."""
    return " ".join("/".join(Path(value).parts[-2:]) for flag, value in pairwise(words) if flag == "--out")


def _start_worker() -> None:
    """Single-threaded, and gone with the stage that started it: an orphan would go on computing for nobody.

    Its parent by the system's count is the fork server, which outlives a killed stage; so a thread waits for the stage.
    """
    import multiprocessing
    import signal
    import threading

    def follow() -> None:
        stage = multiprocessing.parent_process()
        if stage is not None:
            stage.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _single_threaded()


def _single_threaded() -> None:
    os.environ["OMP_NUM_THREADS"] = "1"  # for a torch that is imported later
    if "torch" in sys.modules:
        sys.modules["torch"].set_num_threads(1)


QUIET = {"log_to_driver": False, "logging_level": "ERROR"}
RETRIES = 4  # of a task whose worker or node was lost
# A Ray of one machine asks nobody beyond it: no usage statistics, and its look-ups of cloud metadata meet a dead proxy.
LOOPBACK = {
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
    **dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"), "http://127.0.0.1:9"),
    **dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost"),
}


def _on_ray(work: Callable[[Item], Result], items: Iterable[Item], workers: int, cluster: Cluster) -> Iterator[Result]:
    """As `in_workers`, every item a task. What a lost worker or node had in hand is done again elsewhere."""
    with _ray_at(cluster.address) if cluster.address else _ray_here(workers) as ray:
        task = ray.remote(_alone).options(num_cpus=1, num_gpus=int(cluster.gpu), max_retries=RETRIES)

        def submit(item: Item) -> Callable[[], Result]:
            reference = task.remote(work, item)

            def result() -> Result:
                try:
                    return ray.get(reference)
                except ray.exceptions.RayTaskError as error:
                    raise error.cause from None  # as if it had been raised here

            return result

        def most() -> int:  # nodes come and go
            return 2 * max(1, int(ray.cluster_resources().get("GPU" if cluster.gpu else "CPU", 1)))

        yield from _in_order(submit, items, most)


def _alone(work: Callable[[Item], Result], item: Item) -> Result:
    _single_threaded()
    return work(item)


@contextmanager
def _ray_here(workers: int) -> Iterator[Any]:
    """A Ray of this machine alone, with a secret of its own; gone with all its files at the end."""
    import shutil
    import tempfile

    before, folder = dict(os.environ), tempfile.mkdtemp(prefix="ray")
    root = str(Path(__file__).parent.parent)  # its workers import the code that runs here
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ.update(LOOPBACK | {"RAY_AUTH_TOKEN": _secret(), "PYTHONPATH": os.pathsep.join(paths)})
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
        import ray  # reads its settings from the environment now
    except ImportError as error:
        raise InputError("runtime.engine: ray is not installed; get it with pip install 'fieldlink[ray]'") from error
    return ray


@cache
def _secret() -> str:
    import secrets

    return secrets.token_hex(16)
