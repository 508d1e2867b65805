"""Every stage's seconds and memory at 1, 2, 4 and 8 times as many objects.

Each stage runs as its stage does, with one worker and one thread, in a process of its own that has all imports behind
it, so that no start-up hides how the work grows. Training steps of nf2vec are a number that parameters give, whatever
the objects; exact search asks all queries about all items, so its work grows with the square: both are shown for what
they are.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import scenes
from benchmarks.measuring import keep
from benchmarks.scaling import BASE, SEARCHED, TIMES
from fieldlink.report.benchmarks import BenchmarkCurves

pytestmark = pytest.mark.bench

STREAMS = ("fit_nerfs", "render_nerfs", "embed_images", "embed_nerfs")
# One heap: what pools and threads keep for later is not what a stage needs.
ALONE = {"OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"}


def measured(folder: Path, rounds: int, views: int) -> dict[str, list[tuple[float, int]]]:
    """By stage: seconds and peak bytes at each size."""
    environment = os.environ | ALONE | {"PYTHONPATH": f"{scenes.ROOT}{os.pathsep}{scenes.ROOT / 'tests'}"}
    command = [sys.executable, "-m", "benchmarks.scaling", folder, str(rounds), str(views)]
    ended = subprocess.run(command, cwd=scenes.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    records = json.loads(ended.stdout.splitlines()[-1])
    return {name: [record[name] for record in records] for name in records[0]}


def exponent(sizes: list[int], values: list[float]) -> float:
    """The slope of log values over log sizes."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def test_scaling(tmp_path: Path, quick: bool):
    rounds, views = (2, 6) if quick else (len(TIMES), 18)
    measurements, sizes = measured(tmp_path, rounds, views), [BASE * times for times in TIMES[:rounds]]
    seconds = {name: [second for second, _ in rounds] for name, rounds in measurements.items()}
    memory = {name: [peak / 2**20 for _, peak in measurements[name]] for name in STREAMS}
    last = {name: exponent(sizes[-2:], values[-2:]) for name, values in seconds.items()}
    report(sizes, seconds, memory, last)


def report(
    sizes: list[int], seconds: dict[str, list[float]], memory: dict[str, list[float]], last: dict[str, float]
) -> None:
    growth = {f"{name}, memory, most to least": max(values) / min(values) for name, values in memory.items()}
    lines = {name: (sizes, values) for name, values in seconds.items()}
    peaks = {name: (sizes, values) for name, values in memory.items()}
    keep(
        "scaling",
        "exponent <= 1.05, memory flat for fit, render and embed",
        __doc__,
        seconds={},
        sizes={"objects": sizes, "exact search, vectors": [SEARCHED * times for times in TIMES[: len(sizes)]]},
        also={f"{name}, exponent": exponent(sizes, values) for name, values in seconds.items()}
        | {f"{name}, exponent of the last doubling": value for name, value in last.items()}
        | growth,
        curves=[
            BenchmarkCurves("Seconds of a stage by objects", "objects", "seconds, one worker", lines),
            BenchmarkCurves("Peak memory of a stage by objects", "objects", "MB beyond the start", peaks),
        ],
        remarks=[
            f"Beyond 1.05: {', '.join(slow) or 'none'}. Exact search is all queries by all items."
            for slow in [[name for name, values in seconds.items() if exponent(sizes, values) > 1.05]]
        ],
    )
