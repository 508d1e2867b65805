"""A lock between processes. It ends with the process that holds it, however that ends; its file stays."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldlink.core.errors import InputError


@contextmanager
def only_holder(lock_file: Path, busy: str) -> Iterator[None]:
    """Hold the lock of a file, whose folder exists. Raises `InputError(busy)` at once if another process holds it."""
    with lock_file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(busy) from error
        yield
