"""Seeds depend on their keys alone; a verb's errors are words, not tracebacks."""

import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from fieldlink.core import optimizers
from fieldlink.core.devices import map_in_batches, precision, timed_run
from fieldlink.core.seeds import seed_of
from fieldlink.core.workers import map_in_workers


def test_a_seed_depends_on_the_study_seed_and_each_key():
    seeds = {seed_of(0, "fit", "chair_0001"), seed_of(1, "fit", "chair_0001")}
    seeds |= {seed_of(0, "fit", "chair_0002"), seed_of(0, "fitchair_0001"), seed_of(0, "fit")}
    assert len(seeds) == 5
    assert seed_of(0, "fit", "chair_0001") == seed_of(0, "fit", "chair_0001")
    assert all(0 <= seed < 2**63 for seed in seeds)


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_device_is_waited_for_before_the_clock_is_read(device, monkeypatch):
    """A device that works only while it is waited for; the work itself takes no time."""
    now, pending = [0.0], [1.0]  # a second of other work was asked for before

    def wait() -> None:
        now[0], pending[0] = now[0] + pending[0], 0.0

    def work() -> str:
        pending[0] += 2.0
        return "done"

    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(torch.cuda, "synchronize", wait)
    assert timed_run(work, device) == (2.0 if device == "cuda" else 0.0, "done")


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


@pytest.mark.thesis
def test_where_memory_runs_out_half_as_many_are_done_at_once_and_none_twice(capsys):
    tried = []

    def work(items: list[int]) -> list[int]:
        tried.append(len(items))
        if len(items) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return [10 * item for item in items]

    found = list(map_in_batches(work, list(range(11)), 8))
    assert [item for part in found for item in part] == [10 * item for item in range(11)]
    assert tried == [8, 4, 2, 2, 2, 2, 2, 1]
    assert "out of memory: going on with 2 at once" in capsys.readouterr().err


@pytest.mark.thesis
@pytest.mark.parametrize("error", [MemoryError("host"), torch.OutOfMemoryError("device")])
def test_a_single_item_that_does_not_fit_is_an_error_and_so_is_any_other(error):
    def work(_):
        raise error

    with pytest.raises(type(error), match=str(error)):
        list(map_in_batches(work, [1, 2], 2))

    def wrong(_):
        raise ValueError("not of memory")

    with pytest.raises(ValueError, match="not of memory"):
        list(map_in_batches(wrong, [1, 2], 2))


@pytest.mark.thesis
def test_products_are_computed_in_the_precision_asked_for():
    a = torch.randn(8, 8, generator=torch.Generator().manual_seed(0))
    with precision("float32", "cpu"):
        assert torch.equal(a @ a, torch.mm(a, a))
    with precision("bfloat16", "cpu"):
        assert (a @ a).dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("ours", "theirs"), [(optimizers.Adam, torch.optim.Adam), (optimizers.AdamW, torch.optim.AdamW)]
)
def test_optimizers_move_weights_as_torchs_own_do_bit_for_bit(ours, theirs):
    ends = []
    for kind in (ours, theirs, ours):
        weights = torch.linspace(-1, 1, 12).reshape(3, 4).requires_grad_()
        optimizer = kind([weights], lr=0.1, weight_decay=0.01, fused=True)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=8)
        for _ in range(8):
            optimizer.zero_grad()
            (weights @ weights.T).sin().sum().backward()
            optimizer.step()
            schedule.step()
            assert not optimizer.state[weights]["exp_avg"].requires_grad
        ends.append(weights.detach().clone())
    assert torch.equal(ends[0], ends[1])
    assert torch.equal(ends[2], ends[1])  # also once torch has taken up its compiler


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


def test_a_mistake_of_the_user_ends_with_words_and_without_a_traceback(tmp_path):
    script = "from fieldlink.core.errors import InputError\nfrom fieldlink.commands.stage_runner import run_stage\n"
    script += "def some_verb() -> None:\n    raise InputError('photos/a.jpg: not a picture')\nrun_stage(some_verb)\n"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ended.returncode == 1
    assert ended.stderr.strip() == "some_verb: photos/a.jpg: not a picture"


LEAVING = """
import atexit, sys
from fieldlink.core.errors import InputError
from fieldlink.commands.stage_runner import run_stage
def verb(how: str) -> None:
    atexit.register(print, "handlers run")
    print("said")
    if how == "wrong":
        raise InputError("a reason")
    if how == "broken":
        raise ValueError("a bug")
if __name__ == "__main__":
    run_stage(verb)
"""


@pytest.mark.parametrize(("how", "code"), [("well", 0), ("wrong", 1), ("broken", 1)])
def test_a_verb_that_leaves_in_a_hurry_loses_no_word_no_handler_and_no_exit_code(tmp_path, how, code):
    (tmp_path / "stage.py").write_text(LEAVING)
    command = [sys.executable, "stage.py", "--how", how]
    environment = os.environ | {"FIELDLINK_SCRATCH": str(tmp_path / "scratch")}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (code, "said\nhandlers run\n")
    assert ("Traceback" in ended.stderr) == (how == "broken")


@pytest.mark.parametrize("how", ["well", "wrong"])
@pytest.mark.parametrize("stage", ["pipelines/zero_shot/dvc.yaml:train", None])
def test_seconds_are_kept_of_what_dvc_ran_to_its_end(tmp_path, how, stage):
    (tmp_path / "stage.py").write_text(LEAVING)
    environment = {name: value for name, value in os.environ.items() if name != "DVC_STAGE"}
    environment |= {"FIELDLINK_SCRATCH": str(tmp_path / "scratch")} | ({"DVC_STAGE": stage} if stage else {})
    command = [sys.executable, "stage.py", "--how", how]
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    kept = [path.name for path in tmp_path.glob("scratch/times/*.json")]
    assert kept == (["verb-.json"] if stage and how == "well" else [])
