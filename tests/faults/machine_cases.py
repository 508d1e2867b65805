"""Faults of the machine: signals, killed processes, a full disk, too little memory, a closed output."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from faults.case import Case
from faults.dataset_cases import rows

from fieldlink.commands.causes import cause
from fieldlink.core import datasets, files, resume
from fieldlink.core.schemas import NERF_EMBEDDINGS
from fieldlink.core.scratch import scratch_folder
from fieldlink.report.study_times import StudyTimes

ROOT = Path(__file__).parent.parent.parent
MOST_SECONDS = 10  # two are promised; a test's machine may be busy
GONE_ON = "finished work; the same command goes on"
STAGE = """
import sys, os, time
from pathlib import Path
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.workers import map_in_workers
def work(_):
    Path(f"worker-{os.getpid()}").touch()
    time.sleep(60)
def working() -> None:
    list(map_in_workers(work, range(2), workers=2))
def in_a_library() -> None:
    import numpy
    Path("worker-0").touch()
    for _ in range(50):
        numpy.linalg.svd(numpy.ones((2000, 2000)))
def full() -> None:
    import resource
    from faults.dataset_cases import rows
    from fieldlink.core.schemas import NERF_EMBEDDINGS
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    datasets.write(Path("set"), NERF_EMBEDDINGS, [rows("xy")], "test")
def greedy() -> None:
    import numpy
    numpy.ones(2**46)
def printing() -> None:
    print("x" * 10**6)
def editing_params() -> None:
    Path("params.yaml").write_text("a: {b: 2, c: 1}")
def editing_others() -> None:
    Path("params.yaml").write_text("a: {b: 1, c: 2}")
def editing_code() -> None:
    Path("fieldlink/code.py").write_text("x = 2")
if __name__ == "__main__":
    function = globals()[sys.argv.pop()]
    run_stage(function, preload=["numpy"])
"""
SLOW = """
import os, time
from pathlib import Path
Path(f"worker-{os.getpid()}").touch()
time.sleep(60)
"""
STARTING = """
from fieldlink.commands.stage_runner import run_stage
def starting() -> None:
    import time
    time.sleep(60)
if __name__ == "__main__":
    run_stage(starting, preload=["slow"])
"""


def start(
    folder: Path, function: str, variables: dict[str, str] | None = None, stdout: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    (folder / "stage.py").write_text(STAGE)
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}", **(variables or {})}
    command, pipe = [sys.executable, "stage.py", function], subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=stdout, stderr=pipe, text=True)


def run(function: str, folder: Path, variables: dict[str, str] | None = None) -> str:
    """What a stage writes to stderr."""
    return start(folder, function, variables).communicate(timeout=60)[1]


def workers(folder: Path, count: int) -> list[int]:
    """Processes of the workers, once `count` have begun to work."""
    deadline = time.monotonic() + 60
    while len(paths := sorted(folder.glob("worker-*"))) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return [int(path.name.partition("-")[2]) for path in paths]


def signalled(numbers: list[signal.Signals], function: str, count: int, folder: Path) -> str:
    """The last words of a stage after signals; it and its workers must be gone soon."""
    stage = start(folder, function)
    processes = workers(folder, count)
    started = time.monotonic()
    for number in numbers:
        stage.send_signal(number)
        time.sleep(0.05)
    words = stage.communicate(timeout=60)[1]
    assert stage.returncode == 128 + numbers[0]
    assert all_end(processes, started + MOST_SECONDS)
    assert time.monotonic() - started < MOST_SECONDS
    return words


def stopped_twice_at_the_start(stage_text: str, folder: Path) -> str:
    """The last words of a stage whose terminal sends Ctrl-C twice while the module `slow` is imported."""
    (folder / "stages").mkdir()
    (folder / "stages" / "slowly.py").write_text(stage_text)
    (folder / "stages" / "__init__.py").touch()
    (folder / "slow.py").write_text(SLOW)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command, pipe = [sys.executable, "-m", "stages.slowly"], subprocess.PIPE
    stage = subprocess.Popen(command, cwd=folder, env=environment, stderr=pipe, text=True, start_new_session=True)
    processes = workers(folder, 1)
    for _ in range(2):
        with suppress(ProcessLookupError):
            os.killpg(stage.pid, signal.SIGINT)
        time.sleep(0.1)
    words = stage.communicate(timeout=60)[1]
    assert stage.returncode == 128 + signal.SIGINT
    assert all_end(processes, time.monotonic() + MOST_SECONDS)
    return words


def all_end(processes: Sequence[int], deadline: float) -> bool:
    """Whether processes end before the time `deadline`."""
    while any(map(alive, processes)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(alive, processes))


def alive(process: int) -> bool:
    return process > 0 and Path(f"/proc/{process}").exists()


def killed_worker(folder: Path) -> str:
    stage = start(folder, "working")
    os.kill(workers(folder, 2)[0], signal.SIGKILL)
    return stage.communicate(timeout=60)[1]


def full(folder: Path) -> str:
    datasets.write(folder / "set", NERF_EMBEDDINGS, [rows("ab")], "test")
    words = run("full", folder)
    assert datasets.read(folder / "set", NERF_EMBEDDINGS)["object_id"].to_pylist() == ["a", "b"]
    assert not list(folder.rglob("*.writing"))
    return words


def closed(folder: Path) -> str:
    read, write = os.pipe()
    os.close(read)
    stage = start(folder, "printing", stdout=write)
    os.close(write)
    words = stage.communicate(timeout=60)[1]
    return f"status {stage.returncode}{words}"


def long_folder(folder: Path) -> str:
    temporary = folder / ("x" * 100)
    temporary.mkdir()
    return run("working", folder, {"TMPDIR": str(temporary)})


def left_behind(folder: Path) -> str:
    """What a process, ended in the middle of a file, left is gone once that file is written."""
    ended = subprocess.Popen(["true"])
    ended.wait()
    (folder / f".table.csv.{ended.pid}.writing").write_text("half")
    (folder / f".set.{ended.pid}.writing").mkdir()
    files.write_text(folder / "table.csv", "whole")
    datasets.write(folder / "set", NERF_EMBEDDINGS, [rows("ab")], "test")
    return ", ".join(sorted(path.name for path in folder.iterdir()))


def edited(function: str, folder: Path) -> str:
    """A stage of DVC that reads parameter a.b and code below fieldlink, and changes a file while it runs."""
    (folder / "dvc.yaml").write_text("stages: {demo: {cmd: x, params: [a.b], deps: [fieldlink]}}")
    (folder / "params.yaml").write_text("a: {b: 1, c: 1}")
    (folder / "fieldlink").mkdir()
    (folder / "fieldlink" / "code.py").write_text("x = 1")
    stage = start(folder, function, {"DVC_STAGE": "demo"})
    words = stage.communicate(timeout=60)[1]
    return f"status {stage.returncode} {words}"


def busy(_: Path) -> None:
    scratch_folder("demo").mkdir(parents=True)
    with resume._locked(scratch_folder("demo")), resume._locked(scratch_folder("demo")):
        pass


def unmapped(folder: Path) -> str | None:
    return cause(ImportError("libtorch_cpu.so: failed to map segment from shared object"))


def no_cuda(folder: Path) -> str | None:
    return cause(AssertionError("Torch not compiled with CUDA enabled"))


def speed(text: str, folder: Path) -> None:
    (folder / "speed.json").write_text(text)
    StudyTimes.read(stages=folder / "none", naming=folder / "speed.json")


def benchmark(folder: Path) -> None:
    (folder / "fit.json").write_text('{"a": 1}')
    StudyTimes.read(stages=folder / "none", benchmarks=folder)


INT, TERM = signal.SIGINT, signal.SIGTERM
CASES = [
    Case(
        "machine",
        "Ctrl-C",
        "stopped by SIGINT; run the same command again",
        GONE_ON,
        partial(signalled, [INT], "working", 2),
    ),
    Case(
        "machine",
        "SIGTERM",
        "stopped by SIGTERM; run the same command again",
        GONE_ON,
        partial(signalled, [TERM], "working", 2),
    ),
    Case("machine", "Ctrl-C four times", "stopped by SIGINT", GONE_ON, partial(signalled, [INT] * 4, "working", 2)),
    Case(
        "machine",
        "SIGTERM and Ctrl-C in turn",
        "stopped by SIGTERM",
        GONE_ON,
        partial(signalled, [TERM, INT, TERM], "working", 2),
    ),
    Case(
        "machine",
        "Ctrl-C while a library computes",
        "stopped by SIGINT",
        GONE_ON,
        partial(signalled, [INT], "in_a_library", 1),
    ),
    Case(
        "machine",
        "Ctrl-C twice while a stage imports",
        "slowly: stopped by SIGINT",
        GONE_ON,
        partial(stopped_twice_at_the_start, f"from fieldlink.commands import stage_runner\n{SLOW}"),
    ),
    Case(
        "machine",
        "Ctrl-C twice while its workers' server imports",
        "slowly: stopped by SIGINT",
        GONE_ON,
        partial(stopped_twice_at_the_start, STARTING),
    ),
    Case("machine", "a worker is killed", "a worker process was lost (SIGKILL)", GONE_ON, killed_worker),
    Case(
        "machine",
        "the disk is full",
        "part-00000.parquet: File too large; free some space",
        "the old dataset; no temporary file stays",
        full,
    ),
    Case("machine", "memory is at its end", "out of memory; lower runtime.workers", GONE_ON, partial(run, "greedy")),
    Case("machine", "memory doesn't hold the libraries", "out of memory; lower runtime.workers", GONE_ON, unmapped),
    Case("machine", "there is no CUDA", "runtime.device: cuda given, but", GONE_ON, no_cuda),
    Case(
        "machine",
        "TMPDIR is too long for sockets",
        "too long for sockets of worker processes",
        "everything",
        long_folder,
    ),
    Case("machine", "nobody reads the output", "status 141", "everything", closed),
    Case(
        "machine",
        "a kill left half a file and half a dataset",
        "set, table.csv",
        "both are written anew, and the halves are gone",
        left_behind,
    ),
    Case(
        "machine",
        "a parameter is edited while its stage runs",
        "params.yaml: a.b was changed while the stage ran, from 1 to 2",
        "finished work; DVC notes nothing",
        partial(edited, "editing_params"),
    ),
    Case(
        "machine", "another parameter is edited meanwhile", "status 0", "the result", partial(edited, "editing_others")
    ),
    Case(
        "machine",
        "code is edited while a stage runs",
        "code.py: was changed while the stage ran",
        "finished work; DVC notes nothing",
        partial(edited, "editing_code"),
    ),
    Case(
        "machine",
        "a second run of a stage writes",
        "busy, another run of this stage is writing",
        "the first run goes on",
        busy,
    ),
    Case("machine", "speed.json is cut short", "speed.json: not valid JSON", "everything else", partial(speed, "{")),
    Case(
        "machine",
        "speed.json has other keys",
        "speed.json: not the keys expected",
        "everything else",
        partial(speed, '{"a": 1}'),
    ),
    Case(
        "machine", "a benchmark's file has other keys", "fit.json: not the keys expected", "everything else", benchmark
    ),
]
