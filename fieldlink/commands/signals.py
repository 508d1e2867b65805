"""SIGINT and SIGTERM end a process within two seconds, however many come and whatever it is doing.

The first one raises `Stopped` in the main thread. If that doesn't end the process, since a library holds the thread, a
second thread does. A stage also ends when the DVC that runs it has ended.
"""

import os
import select
import signal
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACE = 1.0  # seconds in which the main thread may end the process
POLL = 0.5  # seconds between two looks at DVC


class Stopped(KeyboardInterrupt):
    """A signal has come; `number` is its number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def end_on_signals(name: str) -> None:
    """Let signals end this process, with a message that begins with `name`."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)  # written at once, also while a library is running
    for number in SIGNALS:
        signal.signal(number, _stop)
    threading.Thread(target=_watch, args=(read_end, name), daemon=True).start()


def end_at_once(name: str) -> None:
    """Let signals end this process while it only imports, with the message of `end_on_signals`, which follows."""

    def end(number: int, _frame: FrameType | None) -> None:
        _write_last_words(name, number)

    for number in SIGNALS:
        signal.signal(number, end)


def ignore_signals() -> None:
    """Let nothing interrupt the end of this process: the interpreter would give signals their default meaning."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def stopped_message(name: str, number: int) -> str:
    """The message of a process that a signal ends."""
    return f"{name}: stopped by {signal.Signals(number).name}; run the same command again to go on from here"


def _stop(number: int, _frame: FrameType | None) -> None:
    for following in SIGNALS:
        signal.signal(following, _pass)
    raise Stopped(number)


def _pass(_number: int, _frame: FrameType | None) -> None:
    """A signal that comes while the process ends changes nothing."""


def _watch(read_end: int, name: str) -> None:
    dvc = _dvc() if "DVC_STAGE" in os.environ else None
    while not select.select([read_end], [], [], POLL)[0]:
        if dvc is not None and _dvc() != dvc:
            os.kill(os.getpid(), signal.SIGTERM)
    number = os.read(read_end, 1)[0]
    time.sleep(GRACE)
    _write_last_words(name, number)


def _write_last_words(name: str, number: int) -> NoReturn:
    os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, f"{stopped_message(name, number)}\n".encode())
    os._exit(128 + number)  # its workers notice and end


def _dvc() -> int:
    """The process that runs DVC: the parent, or the parent of the shell in between."""
    parent = os.getppid()
    try:
        shell, _, words = Path(f"/proc/{parent}/stat").read_text().rpartition(")")
    except OSError:  # no Linux
        return parent
    return int(words.split()[1]) if shell.endswith("sh") else parent
