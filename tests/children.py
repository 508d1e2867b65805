"""Work in a forked process of its own: the seconds and the memory it takes beyond all that is imported already."""

import os
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn


def peak_of(work: Callable[[], object]) -> int:
    """Bytes that a child needs at most, beyond what it starts with, to do `work`."""
    return child(work)[1]


def child(work: Callable[[], object]) -> tuple[float, int]:
    """Seconds and peak bytes of `work` in a process of its own that starts with all that is imported here."""
    receive, send = os.pipe()
    if (process := os.fork()) == 0:
        _measured(work, send)
    os.close(send)
    with os.fdopen(receive) as answer:
        text = answer.read()
    assert os.waitpid(process, 0)[1] == 0
    seconds, peak = text.split()
    return float(seconds), int(peak)


def _measured(work: Callable[[], object], send: int) -> NoReturn:
    try:
        before = _status("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak so far is the parent's
        started = time.perf_counter()
        work()
        seconds = time.perf_counter() - started
        os.write(send, f"{seconds} {_status('VmHWM') - before}".encode())
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _status(name: str) -> int:
    return 1024 * int(Path("/proc/self/status").read_text().split(f"{name}:")[1].split()[0])
