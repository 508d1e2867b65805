"""Work on many items: in processes of this machine, in its threads, or on a cluster."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from fieldlink.core.cluster import Cluster, map_on_ray, results_in_order, single_threaded
from fieldlink.core.errors import InputError

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

Item = TypeVar("Item")
Result = TypeVar("Result")
LONGEST_FOLDER = 75  # bytes of a temporary folder's path: a socket's may have 107, its name in there has up to 32


def start_server(preload: Sequence[str]) -> None:
    """Start the process from which workers are forked; it imports the modules `preload`, which they share."""
    from multiprocessing import forkserver

    _check_socket_path()
    first = ["fieldlink.core.parent_exit", "fieldlink.core.garbage_collection"]
    forkserver.set_forkserver_preload([*first, *preload])
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
    yield from _map_in_processes(work, items, workers)


def _map_in_processes(work: Callable[[Item], Result], items: Iterable[Item], workers: int) -> Iterator[Result]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    _check_socket_path()
    context, processes = multiprocessing.get_context("forkserver"), set["BaseProcess"]()
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker) as pool:

        def submit(item: Item) -> Callable[[], Result]:
            future = pool.submit(work, item)
            processes.update(multiprocessing.active_children())
            return future.result

        try:
            yield from results_in_order(submit, items, lambda: 2 * workers)
        except BaseException as error:
            if isinstance(error, BrokenProcessPool):
                time.sleep(0.1)  # a signal to stage and workers is the stage's to tell
                pool.shutdown()
                raise InputError(_lost_worker(processes)) from error
            for process in processes:
                process.kill()  # what they are doing may take minutes
            raise


def _lost_worker(processes: Iterable["BaseProcess"]) -> str:
    """Why there are fewer workers than there should be. The pool itself ends the others by SIGTERM."""
    ends = [process.exitcode for process in processes]
    codes = {code for code in ends if code and code != -signal.SIGTERM}
    causes = ", ".join(signal.Signals(-code).name if code < 0 else f"status {code}" for code in sorted(codes))
    return (
        f"a worker process was lost ({causes or 'SIGTERM'}), often for want of memory; lower runtime.workers, or run "
        "the same command again to go on from here"
    )


def _check_socket_path() -> None:
    """Raise `InputError` if the temporary folder's path leaves no room for the name of a socket."""
    folder = tempfile.gettempdir()
    if len(os.fsencode(folder)) > LONGEST_FOLDER:
        raise InputError(f"TMPDIR: {folder}: too long for sockets of worker processes, expected {LONGEST_FOLDER} bytes")


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
    import threading

    from fieldlink.core import freed_memory  # noqa: F401

    def end_with_stage() -> None:
        stage = multiprocessing.parent_process()
        if stage is not None:
            stage.join()
            os._exit(1)

    threading.Thread(target=end_with_stage, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    single_threaded()
