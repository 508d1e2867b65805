"""A Ray of this machine does what worker processes do, also when one of its workers is killed."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from core.balls import FITTING, OBJECTS_FITTED, ROOT, TINY, write_balls

from fieldlink.core import cluster, datasets, workers
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import NERFS
from stages.backbone.fit_nerfs import fit_nerfs
from stages.backbone.start_nerfs import start_nerfs

pytestmark = pytest.mark.thesis


def at_work(stage: psutil.Process) -> list[psutil.Process]:
    """Ray's workers below `stage` that have a task in hand: their titles say so."""
    results = []
    for process in stage.children(recursive=True):
        try:
            title = " ".join(process.cmdline())
        except psutil.NoSuchProcess:
            continue
        if title.startswith("ray::_on_one_thread"):  # others are idle, or Ray's own
            results.append(process)
    return results


def test_a_killed_worker_changes_no_bit_of_what_worker_processes_give(tmp_path, params_with):
    write_balls(tmp_path)
    local = params_with(TINY | {"runtime.workers": 1})
    start_nerfs(tmp_path / "start", local)
    fit_nerfs(*(tmp_path / name for name in ("objects", "views", "start", "local", "rejected")), local)
    params_with(TINY | {"runtime.workers": 2, "runtime.engine": "ray"})
    environment = os.environ | {"FIELDLINK_SCRATCH": str(tmp_path / "other"), "PYTHONPATH": str(ROOT)}
    with (tmp_path / "output").open("w") as output:
        command = [sys.executable, "-c", FITTING, tmp_path]
        stage = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        killed = []
        while stage.poll() is None and not killed:
            if len(list((tmp_path / "other").glob("fit_nerfs/*.parquet"))) >= 2:  # in the middle
                for worker in at_work(psutil.Process(stage.pid))[:1]:
                    os.kill(worker.pid, signal.SIGKILL)
                    killed.append(worker.pid)
            time.sleep(0.02)
        assert stage.wait() == 0, (tmp_path / "output").read_text()
    finally:
        stage.kill()
    assert killed
    parts = [sorted((tmp_path / name).glob("part-*.parquet")) for name in ("local", "ray")]
    assert [part.read_bytes() for part in parts[1]] == [part.read_bytes() for part in parts[0]]
    assert len(datasets.read(tmp_path / "ray", NERFS)) == OBJECTS_FITTED


def test_an_address_where_no_ray_answers_is_an_error_that_names_it():
    nobody = cluster.Cluster("127.0.0.1:9", gpu=False)
    with pytest.raises(InputError, match=r"runtime\.address: no Ray at '127\.0\.0\.1:9'"):
        list(workers.map_in_workers(abs, [1], 1, cluster=nobody))
    with pytest.raises(InputError, match="host:port expected"):
        list(workers.map_in_workers(abs, [1], 1, cluster=cluster.Cluster("somewhere", gpu=False)))
