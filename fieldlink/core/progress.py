"""Progress bars of long stages."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from tqdm import tqdm

Item = TypeVar("Item")


def progress(items: Iterable[Item], stage: str, unit: str, initial: int = 0) -> "tqdm[Item]":
    """A bar with rate and time left on a terminal; at most one line a minute in a log."""
    from tqdm import tqdm

    seconds = 0.2 if sys.stderr.isatty() else 60.0
    return tqdm(
        items, desc=stage, unit=unit, initial=initial, mininterval=seconds, maxinterval=seconds, dynamic_ncols=True
    )
