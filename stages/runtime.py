"""What every stage needs of the machine: seeds, worker processes, progress, and the door to the command line."""

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
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


def in_workers(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int, preload: Sequence[str] = ()
) -> Iterator[Result]:
    """`work` on each item, results in order. Each worker is a single-threaded process; `preload`: modules they share.

    One worker means this very process, also on a single thread, so that the numbers don't depend on `workers`.
    """
    if workers == 1:
        _single_threaded()
        yield from map(work, items)
        return
    import multiprocessing
    from collections import deque
    from concurrent.futures import Future, ProcessPoolExecutor

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(preload))
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker) as pool:
        waiting: deque[Future[Result]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


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
    folder = scratch_folder("times")
    folder.mkdir(parents=True, exist_ok=True)
    argument = "-".join(
        Path(value).name for flag, value in zip(sys.argv, sys.argv[1:], strict=False) if flag == "--out"
    )
    record = {"stage": stage, "out": argument, "seconds": round(seconds, 2)}
    (folder / f"{stage}-{argument}.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


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
