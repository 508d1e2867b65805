"""The default study: seconds of every stage, what of them is the start of processes, and a run with nothing to do.

Start-up is measured as stages are run, by `command`: a fresh process imports every file that a stage's dvc.yaml names
(what it imports by the time it has run), workers answer if it has any, and the process ends. Stages that import the
same packages are measured once. Stages' seconds are those that a finished `dvc repro` of this checkout left;
`--whole-study` runs one in a clone first. Nothing to do: `dvc repro --dry`, if `dvc status` says so.
"""

import ast
import importlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pipeline
import pytest

from benchmarks.measuring import clocked, keep
from stages.runtime import told_out

pytestmark = pytest.mark.bench

HEAVY = {"torch", "open_clip", "nerfacc", "scipy", "sklearn", "trimesh", "matplotlib", "pandas"}
ONLY_ASKED = {Path("stages/syn2real/controlnet.py")}  # imported where parameters ask for it, not by default
BARE = {"python": "pass", "torch": "import torch", "pyarrow": "import pyarrow.parquet", "dvc": "import dvc.repo"}
STAGE = """
import importlib
from stages.runtime import command
from stages.runtime.workers import in_workers

def start():
    for name in {modules!r}:
        importlib.import_module(name)
    list(in_workers(abs, [1, 2], 2 if {preload!r} else 1))

command(start, {preload!r})
"""


def packages(path: Path) -> set[str]:
    """Heavy packages imported at the top of a file."""
    names = set()
    for node in ast.parse((pipeline.ROOT / path).read_text()).body:
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names & HEAVY


def files_of(verb: str) -> list[Path]:
    return sorted(pipeline.closure(verb) - ONLY_ASKED)


def groups() -> dict[str, list[str]]:
    """Stages' verbs, one per stage, by the heavy packages that they import."""
    found: dict[str, list[str]] = {}
    for stage in pipeline.stages().values():
        verb = pipeline.verb(stage)
        heavy = sorted(set().union(*map(packages, files_of(verb)))) or ["none of these"]
        found.setdefault(" ".join(heavy + ["with workers"] * bool(preload(verb))), []).append(verb)
    return found


def start(statement: str, folder: Path = pipeline.ROOT) -> float:
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", statement]
    return clocked(lambda: subprocess.run(command, cwd=folder, env=environment, check=True))[0]


def preload(verb: str) -> list[str]:
    """What its workers share, if it has any."""
    return getattr(importlib.import_module(verb), "PRELOAD", [])


def importing(verb: str) -> str:
    modules = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files_of(verb)]
    return STAGE.format(modules=modules, preload=preload(verb))


def times(folder: Path) -> dict[str, float]:
    """Seconds of stages by what `command` left, its last entry for each stage and output."""
    records = [json.loads(path.read_text()) for path in sorted((folder / ".scratch" / "times").glob("*.json"))]
    expected = {(verb.removeprefix("stages."), out) for verb, out in map(output, pipeline.stages().values())}
    mine = [record for record in records if (record["stage"], record["out"]) in expected]
    return {f"{record['stage']} {record['out']}".strip(): record["seconds"] for record in mine}


def output(stage) -> tuple[str, str]:
    return pipeline.verb(stage), told_out(stage.cmd.split())


def dvc(*words: str, folder: Path) -> tuple[float, int]:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "PYTHONPATH": str(folder)}
    seconds, ended = clocked(lambda: subprocess.run(["dvc", *words], cwd=folder, env=environment, check=False))
    return seconds, ended.returncode


def cloned(folder: Path) -> Path:
    """This checkout as committed, its study run."""
    subprocess.run(["git", "clone", "-q", pipeline.ROOT, folder], check=True)
    assert dvc("repro", folder=folder)[1] == 0
    return folder


def no_op(folder: Path, repetitions: int) -> list[float]:
    """Seconds of each time; none where there is something to do."""
    if dvc("status", "-q", folder=folder)[1]:
        return []
    return [dvc("repro", "--dry", "-q", folder=folder)[0] for _ in range(repetitions)]


def test_repro(tmp_path: Path, request: pytest.FixtureRequest, quick: bool):
    whole = request.config.getoption("--whole-study")
    folder = cloned(tmp_path / "study") if whole else pipeline.ROOT
    repetitions = 1 if quick else 3
    bare = {name: median([start(line) for _ in range(repetitions)]) for name, line in BARE.items()}
    found = groups() if not quick else dict(list(groups().items())[:1])
    starts = {name: median([start(importing(verbs[0])) for _ in range(repetitions)]) for name, verbs in found.items()}
    startup = sum(starts[name] * len(verbs) for name, verbs in found.items())
    stages, idle = times(folder), no_op(folder, repetitions)
    also = {f"start: {name}: s": value for name, value in bare.items()}
    also |= {f"start of {len(found[name])} stages ({name}): s each": value for name, value in starts.items()}
    also |= {"starts of all stages: s": startup, "stages without torch": torchless(found)}
    also |= {"all stages: s": sum(stages.values()), "share of starts": startup / sum(stages.values())} if stages else {}
    also |= {"nothing to do: s": median(idle)} if idle else {}
    also |= {f"stage {name}: s": value for name, value in sorted(stages.items(), key=lambda each: -each[1])}
    keep(
        "repro",
        "seconds of each stage, share of process starts, a run with nothing to do",
        __doc__,
        seconds={},
        sizes={"stages": len(pipeline.stages()), "stages timed": len(stages)},
        also=also,
        remarks=remarks(stages, idle),
    )


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def torchless(found: dict[str, list[str]]) -> int:
    return sum(len(verbs) for name, verbs in found.items() if "torch" not in name)


def remarks(stages: dict[str, float], idle: list[float]) -> list[str]:
    said = ["A stage's seconds include the imports that it makes when it needs them, not the start of Python."]
    said += [] if stages else ["No finished study in this checkout: run `make study` first, or give --whole-study."]
    return said + (
        [] if idle else ["The study is not up to date here, so that a run with nothing to do was not timed."]
    )
