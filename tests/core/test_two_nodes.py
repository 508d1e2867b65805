"""A node of a Ray cluster that is lost in the middle is noticed soon, and changes no bit of the result."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from core.balls import OBJECTS_FITTED, ROOT, TINY, write_balls

from fieldlink.core import datasets
from fieldlink.core.cluster import LOOPBACK
from fieldlink.core.schemas import NERFS
from stages.backbone.fit_nerfs import fit_nerfs
from stages.backbone.start_nerfs import start_nerfs

pytestmark = [pytest.mark.thesis, pytest.mark.slow]

SCRIPT = Path(__file__).with_name("two_nodes.py")
HEALTH = {  # of docs/scale.md
    "RAY_health_check_initial_delay_ms": "1000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "1000",
    "RAY_health_check_failure_threshold": "3",
}


@pytest.fixture
def namespace() -> list[str]:
    """The beginning of a command that runs in a network of its own, without any way out; it takes root."""
    if os.geteuid() or not shutil.which("unshare") or not shutil.which("ip"):
        message = "two nodes on one machine need a network namespace: root, unshare and ip"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    inside = 'ip link set lo up && exec "$@"'
    return ["unshare", "-n", "-p", "-f", "--mount-proc", "--kill-child", "bash", "-c", inside, "bash"]


def test_a_lost_node_is_noticed_within_five_seconds_and_changes_no_bit(tmp_path, params_with, namespace):
    write_balls(tmp_path)
    local = params_with(TINY | {"runtime.workers": 1})
    start_nerfs(tmp_path / "start", local)
    fit_nerfs(*(tmp_path / name for name in ("objects", "views", "start", "local", "rejected")), local)
    params_with(TINY | {"runtime.workers": 2, "runtime.engine": "ray", "runtime.address": "127.0.0.1:6391"})
    paths = {"FIELDLINK_SCRATCH": str(tmp_path / "other"), "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    environment = os.environ | LOOPBACK | HEALTH | paths | {"RAY_AUTH_TOKEN": 32 * "0"}
    command = [*namespace, sys.executable, str(SCRIPT), str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-4000:]
    assert float((tmp_path / "seconds").read_text()) < 5
    parts = [sorted((tmp_path / name).glob("part-*.parquet")) for name in ("local", "ray")]
    assert [part.read_bytes() for part in parts[1]] == [part.read_bytes() for part in parts[0]]
    assert len(datasets.read(tmp_path / "ray", NERFS)) == OBJECTS_FITTED
