"""Files that users bring, read safely; files and folders that appear whole under their names, or not at all."""

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from fieldlink.core.errors import InputError

SUFFIX = ".writing"  # of what isn't whole yet; .dvcignore and .gitignore name it
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
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary path whose file takes `path`'s place on the disk at the end of the block. An error leaves `path`."""
    with temporary_file(path) as temporary:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)


@contextmanager
def temporary_file(path: Path) -> Iterator[Path]:
    """A temporary path of this process beside `path`. Its file is deleted at the end, unless the block renamed it."""
    temporary = _temporary(path)
    try:
        yield temporary
    except OSError as error:
        if error.errno is not None:
            error.filename = str(path)  # a full disk's error has none
        raise
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A temporary folder that takes `folder`'s place at the end of the block. An exception leaves `folder` alone."""
    temporary = _temporary(folder)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        shutil.rmtree(folder, ignore_errors=True)
        temporary.replace(folder)
    except OSError as error:
        if error.errno is not None:
            error.filename = str(error.filename or folder).replace(str(temporary), str(folder))
        raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def inside(folder: Path, name: str, what: str) -> Path:
    """`folder / name`. Raises `InputError` if `name`, an id, would lead out of the folder or be read elsewhere.

    `what`: the id is of, for the error.
    """
    if {"", ".", ".."} & set(name.split("/")) or {"\\", "\0"} & set(name):
        raise InputError(f"{what} {name!r}: cannot be the path of a file, expected no '.', '..' or backslash in it")
    return folder / name


def _temporary(path: Path) -> Path:
    """A new path beside `path` for this process. What killed processes left under such names is deleted."""
    for left in path.parent.glob(f".{escape(path.name)}.*{SUFFIX}"):
        if not _runs(left.name.removesuffix(SUFFIX).rpartition(".")[2]):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    return path.with_name(f".{path.name}.{os.getpid()}{SUFFIX}")


def _runs(process: str) -> bool:
    """Whether a process, named by its number, runs beside this one."""
    if not process.isdecimal() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
