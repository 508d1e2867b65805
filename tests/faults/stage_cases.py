"""Faults of a stage while it works: signals, killed workers, too little memory, no GPU. Then it goes on."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from faults.case import Case, keeping

ROOT = Path(__file__).parent.parent.parent
GONE_ON = "finished work; the same command goes on"
MOST_SECONDS = 2.0  # from a signal to the end of all processes
PATHS = f"{ROOT}{os.pathsep}{ROOT / 'tests'}"
IN_LITTLE_MEMORY = {"FAULT": "import_in_little_memory"}
WITHOUT_GPU = {"FAULT": "use_cuda", "CUDA_VISIBLE_DEVICES": ""}
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
    function: str, folder: Path, variables: dict[str, str] | None = None, stdout: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": PATHS, **(variables or {})}
    command, pipe = [sys.executable, "-m", "faults.faulty_stage", function], subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=stdout, stderr=pipe, text=True)


def run(function: str, folder: Path, variables: dict[str, str] | None = None) -> str:
    """What a stage writes to stderr."""
    return start(function, folder, variables).communicate(timeout=300)[1]


def finished(folder: Path) -> list[Path]:
    """The stage's finished work."""
    return list((folder / "scratch" / "demo").glob("*.parquet"))


def workers(folder: Path, count: int) -> list[int]:
    """Processes of the workers, once `count` have begun to work."""
    deadline = time.monotonic() + 300
    while len(paths := sorted(folder.glob("worker-*"))) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return [int(path.name.partition("-")[2]) for path in paths]


def started(function: str, fault: str, folder: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A stage that has finished its first items, and processes that work on others."""
    stage = start(function, folder, {"FAULT": fault})
    processes, deadline = workers(folder, 2 if function == "with_workers" else 1), time.monotonic() + 300
    while not finished(folder) and time.monotonic() < deadline:
        time.sleep(0.02)
    return stage, processes


def check_going_on(function: str, folder: Path) -> None:
    """The same command ends well, keeps what was finished, and doesn't compute it again."""
    assert finished(folder)
    (folder / "again").touch()
    with keeping(folder / "scratch"):
        stage = start(function, folder)
        stage.communicate(timeout=300)
    assert stage.returncode == 0
    assert len(finished(folder)) == 3
    assert (folder / "computed").read_text().split().count("a") == 1


def signalled(numbers: Sequence[signal.Signals], function: str, fault: str, folder: Path) -> str:
    """The last words of a stage after signals; it and its workers must be gone soon."""
    stage, processes = started(function, fault, folder)
    with keeping(folder / "scratch"):
        for number in numbers:
            stage.send_signal(number)
            time.sleep(0.05)
        assert all_end(stage, processes)
        words = stage.communicate()[1]
        assert stage.returncode == 128 + numbers[0]
    check_going_on(function, folder)
    return words


def killed_worker(folder: Path) -> str:
    stage, processes = started("with_workers", "wait", folder)
    with keeping(folder / "scratch"):
        os.kill(processes[0], signal.SIGKILL)
        words = stage.communicate(timeout=300)[1]
    check_going_on("with_workers", folder)
    return words


def failed(function: str, variables: dict[str, str], folder: Path) -> str:
    """The last words of a stage that fails after its first items."""
    words = run(function, folder, variables)
    check_going_on(function, folder)
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
    assert all_end(stage, processes)
    words = stage.communicate()[1]
    assert stage.returncode == 128 + signal.SIGINT
    return words


def all_end(stage: subprocess.Popen[str], processes: Sequence[int]) -> bool:
    """Whether a stage and its processes end in time.

    Seconds are those for which this process, which never sleeps here, has a core: on a busy machine all get a part.
    """
    beginning = time.process_time()
    while stage.poll() is None or any(map(alive, processes)):
        if time.process_time() > beginning + MOST_SECONDS:
            stage.kill()
            return False
    return True


def alive(process: int) -> bool:
    return process > 0 and Path(f"/proc/{process}").exists()


INT, TERM = signal.SIGINT, signal.SIGTERM
BEGUN = "everything: no work has begun"
AGAIN = "run the same command again"
USES: list[tuple[str, str, str, Callable[[Path], str]]] = [
    ("Ctrl-C", f"stopped by SIGINT; {AGAIN}", GONE_ON, partial(signalled, [INT], "with_workers", "wait")),
    ("SIGTERM", f"stopped by SIGTERM; {AGAIN}", GONE_ON, partial(signalled, [TERM], "with_workers", "wait")),
    ("Ctrl-C four times", "stopped by SIGINT", GONE_ON, partial(signalled, [INT] * 4, "with_workers", "wait")),
    (
        "SIGTERM and Ctrl-C in turn",
        "stopped by SIGTERM",
        GONE_ON,
        partial(signalled, [TERM, INT, TERM], "with_workers", "wait"),
    ),
    (
        "Ctrl-C while a library computes",
        "stopped by SIGINT",
        GONE_ON,
        partial(signalled, [INT], "alone", "compute"),
    ),
    (
        "Ctrl-C twice while a stage imports",
        "slowly: stopped by SIGINT",
        BEGUN,
        partial(stopped_twice_at_the_start, f"from fieldlink.commands import stage_runner\n{SLOW}"),
    ),
    (
        "Ctrl-C twice while its workers' server imports",
        "slowly: stopped by SIGINT",
        BEGUN,
        partial(stopped_twice_at_the_start, STARTING),
    ),
    ("a worker is killed", "a worker process was lost (SIGKILL)", GONE_ON, killed_worker),
    (
        "memory is at its end",
        "out of memory; lower runtime.workers",
        GONE_ON,
        partial(failed, "with_workers", {"FAULT": "allocate"}),
    ),
    (
        "memory doesn't hold the libraries",
        "out of memory; lower runtime.workers",
        GONE_ON,
        partial(failed, "alone", IN_LITTLE_MEMORY),
    ),
    ("there is no CUDA", "runtime.device: cuda given, but", GONE_ON, partial(failed, "alone", WITHOUT_GPU)),
]
CASES = [Case("machine", fault, seen, preserved, use) for fault, seen, preserved, use in USES]
