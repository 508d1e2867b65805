"""The default study: seconds of every stage, what of them is the start of processes, and a run with nothing to do.

`--whole-study` sets up a clone, as a newcomer would, and runs all of its study, whose processes write down their
imports. A stage's start is the time of its process's imports, all that it makes by its end; "with workers" the time
until its workers, if it has any, have imported theirs: meanwhile it may be at work. Otherwise stages' seconds are
those that a finished `dvc repro` of this checkout left. Nothing to do: `dvc repro --dry`, if `dvc status` says so.
"""

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pipeline
import pytest

from benchmarks.measuring import keep
from fieldlink.commands.stage_runner import output_of
from fieldlink.core.devices import timed_run

pytestmark = pytest.mark.bench

TRACING = Path(__file__).parent / "tracing"
BARE = {"python": "pass", "torch": "import torch", "pyarrow": "import pyarrow.parquet", "dvc": "import dvc.repo"}


def starts(traced: Path) -> dict[str, tuple[float, float]]:
    """Seconds of process stage's start, alone and with workers, by what its processes wrote down."""
    records = [json.loads(line) for line in traced.read_text().splitlines()]
    seconds_by_stage = {}
    for stage in records:
        if stage["command"][1] == "-m" and stage["command"][2].startswith("stages."):
            children = [
                process
                for process in records
                if process["parent"] == stage["pid"] and "forkserver" in str(process["command"])
            ]
            last = max((process["seconds"] for process in children if process["forked"]), default=0)
            servers = [process for process in children if not process["forked"]]
            ready = [process["began"] - stage["began"] + process["seconds"] + last for process in servers]
            alone = stage["seconds"]
            seconds_by_stage[name(stage["command"][2], stage["command"])] = alone, max([alone, *ready])
    return seconds_by_stage


def name(stage_module: str, command: list[str]) -> str:
    """What tells a stage apart: its module, and where it writes."""
    return f"{stage_module.removeprefix('stages.')} {output_of(command)}".strip()


def times(folder: Path) -> dict[str, float]:
    """Seconds of stages by what `command` left, its last entry for each stage and output."""
    records = [json.loads(path.read_text()) for path in sorted((folder / ".scratch" / "times").glob("*.json"))]
    seconds_by_stage = {f"{record['stage']} {record['out']}".strip(): record["seconds"] for record in records}
    stages = {name(pipeline.module(stage), stage.cmd.split()) for stage in pipeline.stages().values()}
    return {stage: seconds for stage, seconds in seconds_by_stage.items() if stage in stages}


def environment(**more: str) -> dict[str, str]:
    """This process's own, but that compiled code is kept beside the source, as on most machines."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"} | more


def dvc(*words: str, folder: Path, **more: str) -> tuple[float, int]:
    """Seconds and exit status of a command, by the checkout's own environment if it has one."""
    binaries = folder / ".venv" / "bin"
    path = f"{binaries if binaries.is_dir() else Path(sys.executable).parent}:{os.environ['PATH']}"
    variables = environment(PATH=path, **more)
    seconds, ended = timed_run(lambda: subprocess.run(["dvc", *words], cwd=folder, env=variables, check=False))
    return seconds, ended.returncode


def cloned(folder: Path, traced: Path) -> Path:
    """This checkout as committed, set up and its study run."""
    subprocess.run(["git", "clone", "-q", pipeline.ROOT, folder], check=True)
    subprocess.run(["make", "install"], cwd=folder, env=environment(), check=True)
    tracing = {"PYTHONPATH": str(TRACING), "TRACED_IMPORTS": str(traced)}
    assert dvc("repro", "--force", folder=folder, **tracing)[1] == 0  # forced: also what git has the results of
    return folder


def no_op(folder: Path, repetitions: int) -> list[float]:
    """Seconds of each time; none where there is something to do."""
    if dvc("status", "-q", folder=folder)[1]:
        return []
    return [dvc("repro", "--dry", "-q", folder=folder)[0] for _ in range(repetitions)]


def test_repro(tmp_path: Path, request: pytest.FixtureRequest, quick: bool):
    whole, traced = request.config.getoption("--whole-study"), tmp_path / "imports.jsonl"
    folder = cloned(tmp_path / "study", traced) if whole else pipeline.ROOT
    stages, idle, ready = times(folder), no_op(folder, 1 if quick else 3), starts(traced) if whole else {}
    also = {f"start: {what}: s": bare(line, 1 if quick else 3) for what, line in BARE.items()}
    also |= {"all stages: s": sum(stages.values())} if stages else {}
    if ready:
        python = len(ready) * also["start: python: s"]
        alone, workers = (sum(column) + python for column in zip(*ready.values(), strict=True))
        also |= {"starts: s": alone, "starts with workers: s": workers}
        also |= {"share of starts": alone / also["all stages: s"]}
    also |= {"nothing to do: s": statistics.median(idle)} if idle else {}
    also |= {f"stage {stage}: s": value for stage, value in sorted(stages.items(), key=lambda item: -item[1])}
    also |= {f"start of {stage}, with workers: s": value for stage, (_, value) in ready.items()}
    keep(
        "repro",
        "seconds of each stage, what of them is the start of processes, a run with nothing to do",
        __doc__,
        seconds={},
        sizes={"stages": len(pipeline.stages()), "stages timed": len(stages)},
        also=also,
        remarks=remarks(stages, idle, ready),
    )


def bare(statement: str, repetitions: int) -> float:
    """Seconds of a process, its end included."""
    command = [sys.executable, "-c", statement]
    spent = [timed_run(lambda: subprocess.run(command, env=environment(), check=True))[0] for _ in range(repetitions)]
    return statistics.median(spent)


def remarks(stages: dict[str, float], idle: list[float], ready: dict[str, tuple[float, float]]) -> list[str]:
    said = ["A stage's seconds include the imports that it makes when it needs them, not the start of Python."]
    said += [] if stages else ["No finished study in this checkout: run `make study` first, or give --whole-study."]
    said += [] if idle else ["The study is not up to date here, so that a run with nothing to do was not timed_run."]
    return said + ([] if ready else ["Starts are measured with --whole-study."])
