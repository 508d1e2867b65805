"""The command line of a stage: `run_stage` turns its signature into flags and prints errors without a traceback."""

import atexit
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from fieldlink.core.errors import InputError
from fieldlink.core.scratch import scratch_folder


def run_stage(stage: Callable[..., Any], preload: Sequence[str] = ()) -> None:
    """Run a stage from its command line. An `InputError` is printed without a traceback.

    `preload`: modules that the stage's workers share, imported by the process they are forked from.
    """
    atexit.register(_leave)  # registered first, it runs last
    try:
        _run(stage, preload)
    except BaseException:
        atexit.unregister(_leave)
        raise


def _run(stage: Callable[..., Any], preload: Sequence[str]) -> None:
    started = time.monotonic()
    from fieldlink.core import garbage_collection, workers  # noqa: F401

    if preload:
        workers.start_server(preload)
    import tyro

    spec = sys.modules["__main__"].__spec__  # of the module that `python -m` runs
    name = spec.name.removeprefix("stages.") if spec else stage.__name__
    try:
        tyro.cli(stage, prog=f"python -m {spec.name}" if spec else None)
    except InputError as error:
        sys.exit(f"{name}: {error}")
    except KeyboardInterrupt:
        print(f"{name}: stopped; run the same command again to go on from here", file=sys.stderr)
        sys.exit(130)
    if "DVC_STAGE" in os.environ:
        _record_seconds(name, time.monotonic() - started)


def _leave() -> None:
    """End the process without taking apart what it imported, which would take up to a second."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _record_seconds(stage: str, seconds: float) -> None:
    folder, out = scratch_folder("times"), output_of(sys.argv)
    folder.mkdir(parents=True, exist_ok=True)
    record = {"stage": stage, "out": out, "seconds": round(seconds, 2)}
    (folder / f"{stage}-{out.replace('/', '-')}.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


def output_of(words: Sequence[str]) -> str:
    """The last two parts of a command's `--out`, which tell apart two uses of one stage; '' if it has none."""
    return " ".join("/".join(Path(value).parts[-2:]) for flag, value in pairwise(words) if flag == "--out")
