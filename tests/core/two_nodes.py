"""A script: two nodes of Ray in a network namespace fit NeRFs, and the second is killed in the middle.

Its argument is the folder of the stage's inputs. It writes the seconds until the head says that the node is lost to the
file `seconds` in it.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import ray
from core.balls import FITTING

ADDRESS, RAY = "127.0.0.1:6391", str(Path(sys.executable).with_name("ray"))
HERE = ("--node-ip-address=127.0.0.1", "--num-cpus=1", "--object-store-memory=100000000", "--block")


def node(*arguments: str) -> subprocess.Popen[bytes]:
    """A node with files of its own, in a short path as Ray needs it."""
    command = [RAY, "start", *arguments, *HERE, "--temp-dir", tempfile.mkdtemp(prefix="r", dir="/tmp")]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def alive() -> int:
    return sum(entry["Alive"] for entry in ray.nodes())


def wait_until(happened) -> float:
    started = time.monotonic()
    while not happened():
        assert time.monotonic() < started + 120, "nothing in two minutes"
        time.sleep(0.02)
    return time.monotonic() - started


def raylet_at_work(starter: subprocess.Popen[bytes]) -> psutil.Process | None:
    """The raylet of a node, if one of its workers has a task in hand."""
    for process in psutil.Process(starter.pid).children(recursive=True):
        try:
            titles = [" ".join(child.cmdline()) for child in process.children()]
            if process.name() == "raylet" and any(title.startswith("ray::_on_one_thread") for title in titles):
                return process
        except psutil.NoSuchProcess:
            continue
    return None


def connected() -> bool:
    try:
        ray.init(ADDRESS, log_to_driver=False, logging_level="ERROR")
    except ConnectionError:
        return False
    return True


def main(folder: Path) -> None:
    node("--head", "--port", ADDRESS.partition(":")[2], "--include-dashboard=false")
    wait_until(connected)
    second = node("--address", ADDRESS)
    wait_until(lambda: alive() == 2)
    with (folder / "output").open("w") as output:
        stage = subprocess.Popen([sys.executable, "-c", FITTING, folder], stdout=output, stderr=output)
    finished = Path(os.environ["FIELDLINK_SCRATCH"]) / "fit_nerfs"
    wait_until(lambda: len(list(finished.glob("*.parquet"))) >= 2 and raylet_at_work(second))
    raylet = raylet_at_work(second)
    assert raylet, "the second node has no task"
    raylet.kill()
    seconds = wait_until(lambda: alive() == 1)
    assert stage.poll() is None, "the node was killed too late"
    assert stage.wait() == 0, (folder / "output").read_text()
    (folder / "seconds").write_text(str(seconds))  # Ray prints what it likes


if __name__ == "__main__":
    main(Path(sys.argv[1]))
