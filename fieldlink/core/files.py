"""Files that users bring, read safely; files and folders that appear whole under their names, or not at all."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fieldlink.core.errors import InputError

MOST_BYTES = 2**31  # of one file that a user brings
NOT_REGULAR = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket"}


def read_foreign(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file that a user brings; links are followed.

    Raises `InputError` naming the file if it is no regular file (reading a FIFO or a device may never end), has more
    than `most` bytes or can't be read.
    """
    try:
        status = path.stat()
        regular = stat.S_ISREG(status.st_mode)
        data = path.read_bytes() if regular and status.st_size <= most else b""
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise InputError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    if not regular:
        raise InputError(f"{path}: {NOT_REGULAR.get(stat.S_IFMT(status.st_mode), 'a device')}, expected a file")
    if status.st_size > most:
        raise InputError(f"{path}: {status.st_size:,} bytes, at most {most:,} expected")
    return data


def read_foreign_text(path: Path) -> str:
    """The text of a file that a user brings, without its byte order mark; `InputError` as above, or if not UTF-8."""
    try:
        return read_foreign(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}") from error


def write_text(path: Path, text: str) -> None:
    """Write a small text file, and the folder it is in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A temporary folder that takes `folder`'s place at the end of the block; an exception leaves `folder` alone."""
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        shutil.rmtree(folder, ignore_errors=True)
        temporary.replace(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
