"""Seconds of work on this machine, and of one step of a training."""

import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from functools import partial
from typing import TypeVar

import torch
from threadpoolctl import threadpool_limits

from fieldlink.core.devices import timed_run

Result = TypeVar("Result")

STEPS = 8  # measured beyond the first two
MOST_STEPS = 128  # more than `STEPS` where these take less than `SURE` seconds
SURE = 0.1
SLOW = 2.0  # seconds of two steps above which no more steps are measured
ENOUGH = 0.3  # seconds of all repetitions of a work above which it isn't repeated
REPETITIONS = 3  # of which the least counts: another program only adds to it
SERIAL = 0.3  # share of a training step that more threads don't shorten: assumed, not measured


def timed(work: Callable[[], Result], device: str) -> tuple[Result, float]:
    """The result of `work`, and its seconds on an otherwise quiet machine; progress bars are hidden.

    On a CPU these are the processor's, for work by `one_thread`: the clock's also hold those of other programs. Work is
    repeated, and the least of its seconds are taken, unless it is slow.
    """
    result, seconds = _timed_once(work, device)
    spent = least = seconds
    for _ in range(REPETITIONS - 1):
        if spent > ENOUGH:
            break
        result, seconds = _timed_once(work, device)
        spent, least = spent + seconds, min(least, seconds)
    return result, least


def _timed_once(work: Callable[[], Result], device: str) -> tuple[Result, float]:
    started = time.process_time()
    with redirect_stderr(io.StringIO()):
        seconds, result = timed_run(work, device)
    return result, time.process_time() - started if device == "cpu" else seconds


def seconds_of_a_step(work: Callable[[int], object], device: str) -> float:
    """Seconds of one step; `work(n)` does n steps. Its fixed cost is subtracted, unless two steps are slow."""
    short = timed(lambda: work(2), device)[1]
    if short > SLOW:
        return short / 2
    steps = STEPS
    while (seconds := timed(partial(work, 2 + steps), device)[1] - short) < SURE and steps < MOST_STEPS:
        steps *= 4
    return max(seconds, 0.0) / steps


def by_all_threads(seconds: float, device: str) -> float:
    """Seconds by all threads of this process, of work that took one thread of a CPU `seconds`.

    Threads that wait for each other on a busy machine spin, so that neither clock nor processor tell what they do.
    """
    return seconds * (SERIAL + (1 - SERIAL) / torch.get_num_threads()) if device == "cpu" else seconds


@contextmanager
def one_thread() -> Iterator[None]:
    """Use a single thread, numpy's and torch's, as worker processes do."""
    threads = torch.get_num_threads()
    with threadpool_limits(1):
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
