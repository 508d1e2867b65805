"""Memory, precision and timing of the device that computes: a processor or a GPU."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

Result = TypeVar("Result")


def map_in_batches(work: Callable[[Any], Result], items: Any, batch: int) -> Iterator[Result]:
    """`work` on slices of `items` (an array or table) of `batch` items each; where memory runs out, half as many.

    The halved batch is kept for the items that follow. Raises the error of `work` if a single item is too much.
    """
    import torch

    start, batch = 0, min(batch, len(items))
    while start < len(items):
        try:
            result = work(items[start : start + batch])
        except (MemoryError, torch.OutOfMemoryError):
            if batch == 1:
                raise
            result = None
        if result is None:  # outside of the handler, whose traceback still holds the memory
            batch //= 2
            torch.cuda.empty_cache()
            print(f"out of memory: going on with {batch} at once", file=sys.stderr)
            continue
        yield result
        start += batch


def timed_run(work: Callable[[], Result], device: str = "cpu") -> tuple[float, Result]:
    """Seconds that `work` takes on an idle device until the device has finished, and its result."""
    _wait(device)
    started = time.perf_counter()
    result = work()
    _wait(device)
    return time.perf_counter() - started, result


def _wait(device: str) -> None:
    if device == "cuda":
        import torch

        torch.cuda.synchronize()


def precision(name: str, device: str) -> AbstractContextManager[Any]:
    """A context in which matrix products are computed in float32, bfloat16 or float16.

    A processor without products of bfloat16 computes in float32: it would only lose time by the other.
    """
    if name == "float32" or (name == "bfloat16" and device == "cpu" and not has_bfloat16_products()):
        return nullcontext()
    import torch

    return torch.autocast(device, getattr(torch, name))


def has_bfloat16_products() -> bool:
    """Whether this processor multiplies bfloat16; its products are then several times as fast as those of float32."""
    import torch

    return any(torch.cpu.get_capabilities().get(name) for name in ("avx512_bf16", "amx_bf16", "bf16"))
