"""`fieldlink worlds run` in a small repository: two stages, data outside git, a failure, and a kill in the middle."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PARAMS = "study:\n  seed: 0\nscenes:\n  folder: meshes\n  objects_per_class: 1\n"
DVC = """
stages:
  slow:
    cmd: python slow.py
    params: [study.seed]
    deps: [slow.py, "${scenes.folder}"]
    outs: [data/slow.txt]
  report:
    cmd: python report.py
    params: [study.seed, scenes]
    deps: [report.py, data/slow.txt]
    outs: [reports/tables/retrieval.csv: {cache: false}]
"""
SLOW = """
import pathlib
pathlib.Path("data").mkdir(exist_ok=True)
pathlib.Path("data/slow.txt").write_text("slow")
with open(LOG, "a") as log:
    log.write("slow\\n")
"""
REPORT = """
import pathlib, re, sys, time
params = pathlib.Path("params.yaml").read_text()
seed, objects = (int(re.search(f"{name}: (.*)", params)[1]) for name in ("seed", "objects_per_class"))
if seed == 2 and not pathlib.Path(LOG).with_name("mended").exists():
    sys.exit("seed 2 fails")
while seed == 3 and not pathlib.Path(LOG).with_name("free").exists():
    time.sleep(0.05)
(folder := pathlib.Path("reports/tables")).mkdir(parents=True, exist_ok=True)
cell = f"4.5a,clip2nerf cosine,recall@1,recall_real,{seed + objects},0,9,1,9,"
(folder / "retrieval.csv").write_text(f"table,row,column,metric,value,ci_low,ci_high,seeds,n,setting\\n{cell}\\n")
"""


class Repository:
    """The repository, and the command in it."""

    def __init__(self, folder: Path):
        self.folder, self.log = folder / "repository", folder / "slow.log"
        files = {"params.yaml": PARAMS, "dvc.yaml": DVC, ".gitignore": "/data\n/meshes\n/.scratch\n"}
        scripts = {
            name: f"LOG = {str(self.log)!r}\n{text}" for name, text in (("slow.py", SLOW), ("report.py", REPORT))
        }
        (self.folder / "meshes").mkdir(parents=True)
        (self.folder / "meshes" / "a.txt").write_text("outside git")
        for name, text in (files | scripts).items():
            (self.folder / name).write_text(text)
        for command in ("git init -q -b main", "dvc init -q", "git add -A"):
            self.run(*command.split())
        self.run("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "study")

    def environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        identity = {f"GIT_{who}_{what}": "t@e" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {**os.environ, **identity, "PATH": path, "PYTHONPATH": str(ROOT)}
        environment.pop("FIELDLINK_SCRATCH", None)
        return environment

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command, cwd=self.folder, env=self.environment(), start_new_session=True, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *command: str, code: int = 0) -> str:
        process = self.start(*command)
        text, _ = process.communicate(timeout=120)
        assert process.returncode == code, text
        return text

    def worlds(self, *arguments: str) -> tuple[str, ...]:
        return sys.executable, "-m", "fieldlink.commands.main", "worlds", *arguments

    def experiments(self) -> list[str]:
        return sorted(
            name.split("/")[-1] for name in self.run("git", "for-each-ref", "refs/exps").split() if "/" in name
        )

    @property
    def head(self) -> str:
        return self.run("git", "rev-parse", "HEAD").strip()

    def slow_runs(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("worlds"))


def test_a_failed_world_is_named_and_the_others_run_and_it_is_tried_again(repository: Repository):
    text = repository.run(*repository.worlds("run", "--seeds", "1-2"), code=1)
    assert "seed 2 fails" in text
    assert "1 of 2 worlds failed (world-2); the same command runs them again" in text
    assert repository.experiments() == ["world-1"]
    repository.log.with_name("mended").touch()
    text = repository.run(*repository.worlds("run", "--seeds", "1-2"))
    assert text.splitlines()[0] == "world-1: finished"
    assert repository.experiments() == ["world-1", "world-2"]
    assert repository.slow_runs() == 2  # the failed world went on with its second stage


def test_a_world_killed_in_the_middle_goes_on_where_it_was(repository: Repository):
    before = repository.slow_runs()
    process = repository.start(*repository.worlds("run", "--seeds", "3"))
    while repository.slow_runs() == before or not list(repository.folder.glob(".scratch/worlds/*/world-3/dvc.lock")):
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    repository.log.with_name("free").touch()
    repository.run(*repository.worlds("run", "--seeds", "3"))
    assert repository.experiments() == ["world-1", "world-2", "world-3"]
    assert repository.slow_runs() == before + 1
    assert repository.run("git", "status", "--porcelain") == ""
    assert not list(repository.folder.glob(".scratch/worlds/*/world-3"))


def test_a_world_whose_command_was_killed_alone_is_fetched_when_dvc_has_ended(repository: Repository):
    free = repository.log.with_name("free")
    free.unlink()
    repository.run("git", "update-ref", "-d", f"refs/exps/{repository.head[:2]}/{repository.head[2:]}/world-3")
    process = repository.start(*repository.worlds("run", "--seeds", "3"))
    while not list(repository.folder.glob(".scratch/worlds/*/world-3/dvc.lock")):
        assert process.poll() is None
        time.sleep(0.1)
    process.kill()
    process.wait()
    waiting = repository.start(*repository.worlds("run", "--seeds", "3"))
    assert waiting.stdout
    assert waiting.stdout.readline() == "world-3: another process runs it, waiting for its end\n"
    free.touch()
    assert waiting.wait(timeout=120) == 0
    assert repository.experiments() == ["world-1", "world-2", "world-3"]


def test_other_parameters_are_a_family_and_the_tables_are_those_of_seed_and_parameters(repository: Repository):
    repository.run(*repository.worlds("run", "--seeds", "1,3", "--jobs", "2", "-S", "scenes.objects_per_class=5"))
    family = [f"scenes.objects_per_class-5-world-{seed}" for seed in (1, 3)]
    assert repository.experiments() == [*family, "world-1", "world-2", "world-3"]
    head = repository.head
    for name, value in (("world-1", 2), ("world-3", 4), (family[0], 6), (family[1], 8)):
        table = repository.run("git", "show", f"refs/exps/{head[:2]}/{head[2:]}/{name}:reports/tables/retrieval.csv")
        assert f"recall_real,{value},0,9" in table


@pytest.mark.timeout(600)  # two experiments of DVC
def test_a_sweep_is_a_family_for_each_value(repository: Repository):
    sweep = ("scenes.objects_per_class=6,7", "scenes.folder=meshes,meshes")
    repository.run(*repository.worlds("run", "--seeds", "1", *(word for text in sweep for word in ("--sweep", text))))
    head = repository.head
    for objects in (6, 7):
        name = f"scenes.folder-meshes-scenes.objects_per_class-{objects}-world-1"
        table = repository.run("git", "show", f"refs/exps/{head[:2]}/{head[2:]}/{name}:reports/tables/retrieval.csv")
        assert f"recall_real,{1 + objects},0,9" in table
