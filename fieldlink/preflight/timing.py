"""Seconds of work on this machine, and of one step of a training."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from typing import TypeVar

import torch

from fieldlink.core.devices import timed_run

Result = TypeVar("Result")

STEPS = 8  # measured beyond the first two
SLOW = 2.0  # seconds of two steps above which no more steps are measured


def timed(work: Callable[[], Result], device: str) -> tuple[Result, float]:
    """The result of `work`, and its seconds on an otherwise quiet machine; progress bars are hidden.

    On a CPU these are the processor's, where they are fewer than the clock's because other programs run too.
    """
    started = time.process_time()
    with redirect_stderr(io.StringIO()):
        seconds, result = timed_run(work, device)
    return result, min(seconds, time.process_time() - started) if device == "cpu" else seconds


def seconds_of_a_step(work: Callable[[int], object], device: str) -> float:
    """Seconds of one step; `work(n)` does n steps. Its fixed cost is subtracted, unless two steps are slow."""
    first = timed(lambda: work(2), device)[1]
    if first > SLOW:
        return first / 2
    short, long = (timed(lambda steps=steps: work(steps), device)[1] for steps in (2, 2 + STEPS))
    return max(long - short, 0.0) / STEPS


@contextmanager
def one_thread() -> Iterator[None]:
    """Use a single thread, as worker processes do."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
