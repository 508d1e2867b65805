"""How all benchmarks measure: ways interleaved, medians of several rounds, warm workers, one JSON file each."""

import json
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from fieldlink.core.files import write_text
from fieldlink.core.workers import map_in_workers
from fieldlink.report.benchmarks import Benchmark, BenchmarkCurves
from fieldlink.report.latency import processor_name

REPORTS = Path(
    os.environ.get("FIELDLINK_BENCHMARKS", Path(__file__).resolve().parent.parent.parent / "reports" / "benchmarks")
)
KEPT: list[Benchmark] = []  # in this run
NO_GPU = "no GPU was used"
PACKAGES = ("torch", "numpy", "nerfacc", "scikit-learn", "open_clip_torch", "dvc", "pyarrow")


def interleaved(ways: Mapping[str, Callable[[], Any]], repetitions: int) -> dict[str, list[Any]]:
    """What every way gives in each round; every round starts with another way."""
    results_by_way: dict[str, list[Any]] = {name: [] for name in ways}
    for turn in range(repetitions):
        names = list(ways)[turn % len(ways) :] + list(ways)[: turn % len(ways)]
        for name in names:
            results_by_way[name].append(ways[name]())
    return results_by_way


def in_warm_workers(
    work: Callable[[Any], Any], items: Sequence[Any], warm: Any, workers: int
) -> tuple[float, list[Any]]:
    """As the stages do it: seconds from the first item's start to the last one's end, start-up and `warm` aside."""
    stamped = list(map_in_workers(partial(_stamped, work), [*[warm] * workers, *items], workers))[workers:]
    starts, ends, results = zip(*stamped, strict=True)
    return max(ends) - min(starts), list(results)


def _stamped(work: Callable[[Any], Any], item: Any) -> tuple[float, float, Any]:
    started = time.monotonic()  # the same clock in all processes
    result = work(item)
    return started, time.monotonic(), result


def keep(
    name: str,
    aim: str,
    baseline: str | None,
    *,
    seconds: Mapping[str, Sequence[float]],
    unit: str = "",
    quality: tuple[Mapping[str, float], Mapping[str, float]] = ({}, {}),
    sizes: Mapping[str, Any],
    also: Mapping[str, float] | None = None,
    gpu: bool = False,
    curves: Sequence[BenchmarkCurves] = (),
    remarks: Sequence[str] = (),
    limit: float | None = None,
) -> None:
    """Write `name`.json, perhaps anew; `seconds`: by round, of `baseline` and `ours`; `quality`: of these two.

    `limit`: seconds of the work's products alone, as `limits` measures them.
    """
    medians = {side: statistics.median(rounds) for side, rounds in seconds.items()}
    theirs, ours = medians.get("baseline"), medians.get("ours")
    benchmark = Benchmark(
        name=name,
        aim=aim,
        baseline=" ".join((baseline or "").split()),
        unit=unit,
        baseline_seconds=theirs,
        ours_seconds=ours,
        ratio=theirs / ours if theirs and ours else None,
        spread={side: [min(rounds), max(rounds)] for side, rounds in seconds.items()},
        repetitions=max(map(len, seconds.values()), default=1),
        quality_baseline=quality[0],
        quality_ours=quality[1],
        sizes=sizes,
        machine=_machine(gpu),
        versions={"python": platform.python_version()} | _versions() | ({"cuda": _cuda()} if gpu else {}),
        also=_ratios(seconds) | dict(also or {}),
        curves=[asdict(curve) for curve in curves],
        remarks=list(remarks),
        limit_seconds=limit,
    )
    write_text(REPORTS / f"{name}.json", json.dumps(rounded(asdict(benchmark)), indent=2) + "\n")
    KEPT[:] = [*(other for other in KEPT if other.name != name), benchmark]


def _ratios(seconds: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """The lowest ratio of a round in which both sides ran, so that an aim for each round can be judged."""
    rounds = list(zip(seconds.get("baseline", ()), seconds.get("ours", ()), strict=False))
    return {"lowest ratio of a round": min(theirs / ours for theirs, ours in rounds)} if len(rounds) > 1 else {}


def _machine(gpu: bool) -> str:
    return f"{processor_name()}, {os.cpu_count()} cores (shared), {platform.system()}; {_gpu() if gpu else NO_GPU}"


def _gpu() -> str:
    import torch

    return torch.cuda.get_device_name() if torch.cuda.is_available() else NO_GPU


def _cuda() -> str:
    import torch

    return str(torch.version.cuda)


def _versions() -> dict[str, str]:
    """Of the packages that are there: a GPU's machine need not have all."""
    versions = {}
    for package in PACKAGES:
        with suppress(PackageNotFoundError):
            versions[package] = version(package)
    return versions


def row(benchmark: Benchmark) -> tuple[str, ...]:
    """The cells of a benchmark's row in the table."""
    times = benchmark.baseline_time, benchmark.our_time, benchmark.printed_ratio
    return benchmark.name, benchmark.aim, *times, benchmark.limit, benchmark.qualities


def write_table() -> None:
    """table.md: a row for every benchmark that is written."""
    written = [Benchmark(**json.loads(path.read_text("utf-8"))) for path in sorted(REPORTS.glob("*.json"))]
    head = ("", "aim", "baseline", "ours", "ratio", "limit, share reached", "quality, baseline / ours")
    rows = [head, ("---",) * len(head), *(row(benchmark) for benchmark in written)]
    write_text(REPORTS / "table.md", "".join(f"| {' | '.join(row)} |\n" for row in rows))


def rounded(value: Any) -> Any:
    """Numbers to four digits."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {key: rounded(part) for key, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list | tuple) else value
