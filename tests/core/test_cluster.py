"""A Ray of this machine does what worker processes do, also when one of its workers is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from fieldlink.core import cluster, datasets, workers
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import NERFS, OBJECTS, VIEWS
from fieldlink.nerf.psnr import MAX_PSNR
from fieldlink.scenes import cameras, views
from stages.backbone.fit_nerfs import fit_nerfs
from stages.backbone.start_nerfs import start_nerfs

pytestmark = pytest.mark.thesis

ROOT = Path(__file__).parent.parent.parent
OBJECTS_FITTED = 7
TINY = {
    "nerf.field.octaves": 4,
    "nerf.fitting.occupancy": 24,
    "nerf.fitting.steps": 60,
    "nerf.fitting.gate": -MAX_PSNR,
    "nerf.start.kind": "random",
}


def write_balls(folder: Path) -> None:
    """Balls of several colours: discs in front of every camera."""
    ids, poses = [f"ball-{number}" for number in range(OBJECTS_FITTED)], cameras.disn_poses(0, 6)
    columns = {"object_id": ids, "base_object_id": ids, "augmentation": [0] * len(ids), "caption": [None] * len(ids)}
    columns |= {name: ["test"] * len(ids) for name in ("class_name", "synset", "split", "source")}
    datasets.write(folder / "objects", OBJECTS, [datasets.table(OBJECTS, columns)], "test")
    across = np.linspace(-1, 1, 24) ** 2
    image = np.zeros((6, 24, 24, 4), np.uint8)
    image[..., 3] = 255 * (across[:, None] + across < 0.1)

    def rows(number: int):
        coloured = image.copy()
        coloured[..., number % 3] = 40 + 30 * number
        one = views.Views(coloured, poses, cameras.DISN_ANGLE)
        return datasets.table(VIEWS, views.columns(ids[number], one))

    datasets.write(folder / "views", VIEWS, map(rows, range(OBJECTS_FITTED)), "test")


FITTING = """
import sys, time
from pathlib import Path
from stages.backbone import fit_nerfs
from fieldlink.nerf import object_work as jobs
fit_nerfs.CHUNK = 1
def slowly(job, fit=jobs.fit_objects):  # long enough to be met at work
    time.sleep(1)
    return fit(job)
jobs.fit_objects = slowly
at = Path(sys.argv[1])
fit_nerfs.fit_nerfs(at / "objects", at / "views", at / "start", at / "ray", at / "rejected", at / "params.yaml")
"""


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
