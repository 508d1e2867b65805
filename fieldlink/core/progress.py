"""Progress bars of long stages."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tqdm import tqdm

Item = TypeVar("Item")
MINUTE = 60.0  # seconds between two lines of a log


class _Log:
    """stderr as a log, in which each state of a bar is a line of its own."""

    def write(self, text: str) -> None:
        if line := text.strip("\r\n "):
            print(line, file=sys.stderr)  # silent where stderr is closed

    def flush(self) -> None:
        if sys.stderr is not None:
            sys.stderr.flush()


def progress(
    items: Iterable[Item], stage: str, unit: str, *, initial: int = 0, total: int | None = None, after: float = 0.0
) -> "tqdm[Item]":
    """A bar with rate and time left on a terminal; at most one line a minute in a log.

    `total`: number of items, where `items` don't know it themselves. `after`: seconds after which the bar appears, for
    one of many that are mostly short.
    """
    from tqdm import tqdm

    terminal = sys.stderr is not None and sys.stderr.isatty()
    seconds = 0.2 if terminal else MINUTE
    return tqdm(
        items, desc=stage, unit=unit, initial=initial, total=total, file=None if terminal else _Log(),
        mininterval=seconds, maxinterval=seconds, dynamic_ncols=True, delay=after,
    )  # fmt: skip
