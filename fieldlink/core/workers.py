"""Work on many items: in processes of this machine, in its threads, or on a cluster."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from fieldlink.core.cluster import Cluster, map_on_ray, results_in_order, single_threaded

Item = TypeVar("Item")
Result = TypeVar("Result")


def start_server(preload: Sequence[str]) -> None:
    """Start the process from which workers are forked; it imports the modules `preload`, which they share."""
    from multiprocessing import forkserver

    forkserver.set_forkserver_preload(["fieldlink.core.garbage_collection", *preload])
    forkserver.ensure_running()


def map_in_workers(
    work: Callable[[Item], Result], items: Iterable[Item], workers: int | None, cluster: Cluster | None = None
) -> Iterator[Result]:
    """`work` on each item, results in order. Each worker is a single-threaded process.

    `workers` = 1: this process, also single-threaded, so that results don't depend on the number of workers.
    `workers` = None: this process with all its threads, for work that can't be divided.
    `cluster`: its workers in place of this machine's.
    """
    if cluster is not None:
        yield from map_on_ray(work, items, workers or 1, cluster)
        return
    if workers is None or workers == 1:
        if workers == 1:
            single_threaded()
        yield from map(work, items)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker) as pool:
        try:
            yield from results_in_order(lambda item: pool.submit(work, item).result, items, lambda: 2 * workers)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def map_in_threads(work: Callable[[Item], Result], items: Sequence[Item], device: str) -> list[Result]:
    """`work` on each item, results in order: in threads if `device` is a GPU, which one thread would keep waiting."""
    if device == "cpu":
        return [work(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as threads:
        return list(threads.map(work, items))


def _start_worker() -> None:
    """Make this worker single-threaded, and let it end with the stage that started it.

    The worker's parent process is the fork server, which outlives a killed stage, so a thread waits for the stage.
    """
    import multiprocessing
    import signal
    import threading

    def end_with_stage() -> None:
        stage = multiprocessing.parent_process()
        if stage is not None:
            stage.join()
            os._exit(1)

    threading.Thread(target=end_with_stage, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    single_threaded()
