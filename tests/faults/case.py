"""One row of the fault matrix, and the check of what remains."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 2**20  # read of a file


def nothing(_: Path) -> None:
    """The fault lies in what the user does."""


@dataclass(frozen=True)
class Case:
    """A fault, what the user sees, and what remains."""

    group: str  # inputs, datasets, models, parameters or machine
    fault: str
    message: str  # text in the message; a whole word of it is never a path of the test
    remainder: str
    use: Callable[[Path], object]  # what the user does in the folder; raises, or gives the message
    inflict: Callable[[Path], object] = nothing  # the fault, in a new folder
    anew: int = 0  # files that may be written anew or be gone: all others keep their bytes

    @property
    def name(self) -> str:
        """For pytest's list of tests."""
        return f"{self.group}: {self.fault}"

    @property
    def line(self) -> str:
        """The row in docs/faults.md."""
        return f"| {self.group} | {self.fault} | `{self.message}` | {self.remainder} |"


@contextmanager
def keeping(folder: Path, anew: int = 0) -> Iterator[None]:
    """All files of a folder but `anew` have the same bytes after the block, and none that came is a temporary one."""
    before = contents(folder)
    yield
    after = contents(folder)
    changed = [path for path, data in before.items() if after.get(path) != data]
    assert len(changed) <= anew, changed
    assert not list(folder.rglob("*.writing"))


def contents(folder: Path) -> dict[Path, bytes]:
    """The beginnings of all files below a folder."""
    beginnings = {}
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                beginnings[path] = file.read(MOST_BYTES)
    return beginnings
