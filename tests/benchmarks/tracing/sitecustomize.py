"""Every Python process whose PYTHONPATH names this folder writes down, at its end, how long its imports took.

A line of JSON each, to the file that the environment's TRACED_IMPORTS names: the process's command, its number and its
parent's, when it began, and the seconds that it spent on import statements, nested ones counted once. A forked process
has all but the seconds of the one that it was forked from.
"""

import atexit
import builtins
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

SELF = {"command": sys.orig_argv, "pid": os.getpid(), "parent": os.getppid(), "began": time.time()}
plain, leave = builtins.__import__, os._exit
spent = {"pid": os.getpid(), "within": False, "seconds": 0.0}


def timed(*args: Any, **kwargs: Any) -> Any:
    if spent["within"]:
        return plain(*args, **kwargs)
    if spent["pid"] != os.getpid():  # forked
        spent.update(pid=os.getpid(), seconds=0.0)
    started, spent["within"] = time.perf_counter(), True
    try:
        return plain(*args, **kwargs)
    finally:
        spent.update(within=False, seconds=spent["seconds"] + time.perf_counter() - started)


def write() -> None:
    forked = os.getpid() != SELF["pid"]
    seconds = spent["seconds"] if spent["pid"] == os.getpid() else 0.0
    with Path(os.environ["TRACED_IMPORTS"]).open("a") as file:
        file.write(json.dumps({**SELF, "forked": forked, "seconds": seconds}) + "\n")


def write_and_leave(status: int) -> None:
    write()
    leave(status)


if "TRACED_IMPORTS" in os.environ:
    builtins.__import__, os._exit = timed, write_and_leave
    atexit.register(write)
    os.register_at_fork(before=write)  # a fork server is ended by a signal with its stage, and has no other end
