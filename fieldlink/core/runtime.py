"""What every stage needs of the machine: seeds, scratch, progress, memory, precision, the command line."""

import atexit
import hashlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from stages.errors import InputError

if TYPE_CHECKING:
    from tqdm import tqdm

Item = TypeVar("Item")
Result = TypeVar("Result")


def seed_of(study_seed: int, *keys: str | int) -> int:
    """A seed in [0, 2^63) that depends on the study's seed and the keys alone (an object's id, a variant, …)."""
    text = json.dumps([study_seed, *keys])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def scratch_folder(stage: str) -> Path:
    """Where a stage keeps finished work outside its outputs; the environment's FIELDLINK_SCRATCH moves it."""
    return Path(os.environ.get("FIELDLINK_SCRATCH", ".scratch")) / stage


def progress(items: Iterable[Item], stage: str, unit: str, initial: int = 0) -> "tqdm[Item]":
    """A bar with rate and time left on a terminal; at most one line a minute in a log."""
    from tqdm import tqdm

    seconds = 0.2 if sys.stderr.isatty() else 60.0
    return tqdm(
        items, desc=stage, unit=unit, initial=initial, mininterval=seconds, maxinterval=seconds, dynamic_ncols=True
    )


def halving(work: Callable[[Any], Result], items: Any, batch: int) -> Iterator[Result]:
    """`work` on `batch` items after the other (slices of an array or table); where memory runs out, on half as many.

    From there on it stays at half. Raises what `work` raises if a single item is too much.
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
        if result is None:  # outside of the handler, which still holds what filled the memory
            batch //= 2
            torch.cuda.empty_cache()
            print(f"out of memory: going on with {batch} at once", file=sys.stderr)
            continue
        yield result
        start += batch


def clocked(work: Callable[[], Result], device: str = "cpu") -> tuple[float, Result]:
    """Seconds until an idle device has done `work`, and what came of it."""
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
    """A block whose matrix products are computed in float32, bfloat16 or float16."""
    if name == "float32":
        return nullcontext()
    import torch

    return torch.autocast(device, getattr(torch, name))


def command(verb: Callable[..., Any], preload: Sequence[str] = ()) -> None:
    """Run a verb from its command line; what a user can mend is printed without a traceback.

    The seconds of a stage that DVC runs are kept.

    `preload`: modules that its workers share, imported beside its own.
    """
    atexit.register(_leave)  # registered first, it comes last
    try:
        _command(verb, preload)
    except BaseException:
        atexit.unregister(_leave)
        raise


def _command(verb: Callable[..., Any], preload: Sequence[str]) -> None:
    started = time.monotonic()
    from stages.runtime import seldom, workers  # noqa: F401

    if preload:
        workers.start_server(preload)
    import tyro

    try:
        tyro.cli(verb)
    except InputError as error:
        sys.exit(f"{verb.__name__}: {error}")
    except KeyboardInterrupt:
        print(f"{verb.__name__}: stopped; the same command goes on where it was", file=sys.stderr)
        sys.exit(130)
    if "DVC_STAGE" in os.environ:
        _keep_seconds(verb.__name__, time.monotonic() - started)


def _leave() -> None:
    """End a process that has done its work as it is: taking apart what it imported would take it up to a second."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _keep_seconds(stage: str, seconds: float) -> None:
    folder, out = scratch_folder("times"), told_out(sys.argv)
    folder.mkdir(parents=True, exist_ok=True)
    record = {"stage": stage, "out": out, "seconds": round(seconds, 2)}
    (folder / f"{stage}-{out.replace('/', '-')}.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


def told_out(words: Sequence[str]) -> str:
    """What tells stages of one verb apart: where its command writes, the last two names; '' if it has no --out."""
    return " ".join("/".join(Path(value).parts[-2:]) for flag, value in pairwise(words) if flag == "--out")
