"""Workers give results in order, on one thread each, and end with their stage."""

import os
import signal
import subprocess
import sys
import time

from fieldlink.core.workers import map_in_workers


def test_results_come_in_order_from_any_number_of_workers():
    assert list(map_in_workers(abs, range(-9, 0), workers=2)) == list(range(9, 0, -1))


COUNTING = """
from fieldlink.core.workers import map_in_workers, start_server
def threads(_):
    import threadpoolctl, torch
    return {library["num_threads"] for library in threadpoolctl.threadpool_info()} | {torch.get_num_threads()}
if __name__ == "__main__":
    start_server(["numpy", "torch"])
    print(set.union(*map_in_workers(threads, range(2), workers=2)))
"""


def test_a_worker_has_one_thread_for_numpy_and_for_torch_though_both_were_imported_with_more(tmp_path):
    (tmp_path / "stage.py").write_text(COUNTING)
    assert subprocess.check_output([sys.executable, "stage.py"], cwd=tmp_path, text=True) == "{1}\n"


WORKING = r"""
import os, sys, time
from fieldlink.core.workers import map_in_workers
def work(_):
    os.write(1, f"{os.getpid()}\n".encode())  # a whole line at once: print may write its end apart
    time.sleep(60)
if __name__ == "__main__":
    list(map_in_workers(work, range(2), workers=2))
"""


def test_workers_end_with_a_stage_that_is_killed(tmp_path):
    (tmp_path / "stage.py").write_text(WORKING)
    stage = subprocess.Popen([sys.executable, "stage.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert stage.stdout is not None
    workers = [int(stage.stdout.readline()) for _ in range(2)]
    os.kill(stage.pid, signal.SIGKILL)
    stage.wait()
    deadline = time.monotonic() + 20
    while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [pid for pid in workers if alive(pid)] == []


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
