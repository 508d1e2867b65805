"""The folder of a collection of a user's own: one process at a time changes it, no kill loses it, one study fits it.

While a new collection takes its place, the old one stands aside beside it, as `.<name>.old`. The lock is the file
`.<name>.lock` beside it, which stays.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.file_locks import only_holder
from fieldlink.core.files import SUFFIX
from fieldlink.search.paths import CollectionPaths


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Let no other process change a collection meanwhile. Raises `InputError` at once if another does."""
    lock_file = _beside(folder, "lock")
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    busy = f"{folder}: busy, another `fieldlink add` changes it; wait for it or stop it"
    with only_holder(lock_file, busy):
        put_back(folder)
        yield


@contextmanager
def swapped_in(folder: Path) -> Iterator[Path]:
    """A temporary folder that takes the place of `folder` at the end of the block. An exception leaves `folder` alone.

    A kill leaves the old folder in its place, or aside, from where `put_back` brings it.
    """
    new, old = _beside(folder, f"new{SUFFIX}"), _beside(folder, "old")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        if folder.exists():
            folder.resolve().rename(old)
        new.rename(folder.resolve())
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        if error.errno is not None:
            error.filename = str(error.filename or folder).replace(str(new), str(folder))  # a full disk's has none
        raise
    finally:
        put_back(folder)
        shutil.rmtree(new, ignore_errors=True)


def put_back(folder: Path) -> None:
    """Bring the old folder back from aside if no new one came, else delete the old one."""
    old = _beside(folder, "old")
    if old.is_dir() and folder.exists():
        shutil.rmtree(old, ignore_errors=True)
    elif old.is_dir():
        old.rename(folder.resolve())


def put_back_unless_busy(folder: Path) -> None:
    """Bring back what a kill left aside. A process that changes the collection now does so itself."""
    if _beside(folder, "old").is_dir():
        with suppress(InputError, OSError), only_writer(folder):
            pass


def check_models(folder: Path, digests: Mapping[str, str]) -> None:
    """Raise `InputError` if the vectors of a collection are of other models than these.

    `digests`: of models, by name. A study's own data has no description, and isn't checked.
    """
    path = CollectionPaths(folder).description
    if not path.is_file():
        return
    try:
        stored_digests = json.loads(path.read_text(encoding="utf-8"))["models"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: not what `fieldlink add` writes ({error})") from error
    for name, digest in digests.items():
        if stored_digests.get(name) != digest:
            raise InputError(
                f"{folder}: its vectors are of another {name} ({stored_digests.get(name)}, the study has {digest}); "
                "delete it and add its objects again"
            )


def _beside(folder: Path, end: str) -> Path:
    resolved = folder.resolve()  # a link's target; a folder's name where the path ends with dots
    return resolved.with_name(f".{resolved.name}.{end}")
