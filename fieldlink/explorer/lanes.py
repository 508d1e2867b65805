"""Limits of one kind of work: threads with the requests that wait for them, and requests at a time."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from fieldlink.explorer.json_replies import busy

P = ParamSpec("P")
R = TypeVar("R")


class Lane:
    """Work of one kind. A request beyond the limit of those that wait is refused at once (429)."""

    def __init__(self, what: str, threads: int, waiting: int, retry_after: int) -> None:
        """`what`: words for a refusal. `waiting`: most requests beside those at work. `retry_after`: seconds."""
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=what)
        self._what, self._most, self._retry_after = what, threads + waiting, retry_after
        self._pending = 0

    async def run(self, function: Callable[P, R], *arguments: P.args, **keywords: P.kwargs) -> R:
        """The result of a function, from a thread of this lane."""
        if self._pending >= self._most:
            raise busy(self._retry_after, f"{self._what}: as many requests as may wait")
        self._pending += 1
        loop = asyncio.get_running_loop()
        work = self._executor.submit(function, *arguments, **keywords)
        work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._done))
        return await asyncio.wrap_future(work)

    def _done(self) -> None:
        self._pending -= 1


class Places:
    """Places for requests of one kind. A request that finds none free is refused at once (429)."""

    def __init__(self, what: str, count: int, retry_after: int) -> None:
        """`what`: words for a refusal. `retry_after`: seconds."""
        self._what, self._free, self._retry_after = what, count, retry_after

    @contextmanager
    def reserved(self) -> Iterator[None]:
        """Reserve one of the places for a block of a coroutine."""
        if not self._free:
            raise busy(self._retry_after, f"{self._what}: as many as may come at a time")
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
