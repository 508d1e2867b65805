"""Work in a forked process of its own: the seconds and the memory it takes, and work without root's rights."""

import os
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

NOBODY = 65534  # the user who owns nothing


def without_roots_rights(work: Callable[[Path], object]) -> None:
    """Do `work` in a new folder, as nobody where root runs the tests. It imports no more, which nobody might not."""
    is_root = os.geteuid() == 0
    with TemporaryDirectory() as name:
        if is_root:
            os.chown(name, NOBODY, NOBODY)
        if (process := os.fork()) == 0:
            _as_nobody(work, Path(name), is_root)
        assert os.waitpid(process, 0)[1] == 0


def _as_nobody(work: Callable[[Path], object], folder: Path, is_root: bool) -> NoReturn:
    try:
        if is_root:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        work(folder)
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


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
