"""A tiny study in a folder of its own: this checkout's files, four classes, small everything."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent.parent

TINY: dict[str, Any] = {
    "scenes": {
        "objects_per_class": 8,
        "split": {"train": 3, "validation": 1, "test": 4},
        "views": 18,
        "resolution": 32,
    },
    "photos": {"per_class": 4, "validation_per_class": 2, "resolution": 32},
    "clip": {
        "pictures": {"objects_per_class": 6, "validation_objects_per_class": 2, "per_object": 2},
        "training": {"steps": 20, "batch": 16, "warmup": 2, "validate_every": 10},
    },
    "nerf": {
        "start": {"objects_per_class": 1, "resolution": 32, "rounds": 2, "batch": 1, "steps": 8},
        "fitting": {"steps": 25, "rays": 64, "samples": 8, "held_out": [4], "occupancy": 24, "gate": 3.0},
        "rendering": {"step": 0.06},
    },
    "nf2vec": {"training": {"steps": 20, "batch": 4}},
    "mapper": {"epochs": 4, "validate_every": 2, "seeds": [0, 1]},
    "zero_shot": {"views": [1, 2, 4, 8, 16, 18]},
    "captions": {"epochs": 4},
    "augmented": {"epochs": 2},
    "finetuning": {"epochs": 1, "batch": 4, "mapping_batch": 4},
    "generation": {"views": [0, 10], "cells": 12},
    "baselines": {"embeddings": {"functa": {"pool": 32, "steps": 5, "fit_steps": 5}}},
}
CLOCKED = {"build_report", "measure_speed"}  # they show times
CLASSES = ("airplane", "chair", "lamp", "table")


def merged(values: Any, changes: dict[str, Any]) -> Any:
    for key, change in changes.items():
        values[key] = merged(values[key], change) if isinstance(change, dict) else change
    return values


class Study:
    """A checkout with tiny parameters."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        self.environment.pop("FIELDLINK_SCRATCH", None)

    def change(self, changes: dict[str, Any]) -> None:
        """Write new values into params.yaml, and keep only the tiny study's classes."""
        yaml, path = YAML(), self.folder / "params.yaml"
        values = merged(yaml.load(path.read_text()), changes)
        for name in set(values["classes"]) - set(CLASSES):
            del values["classes"][name]
        with path.open("w") as file:
            yaml.dump(values, file)

    def run(self, *command: str) -> str:
        ended = subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout[-4000:]}\n{ended.stderr[-4000:]}"
        return ended.stdout

    def start(self, *command: str, stderr: int | None = None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, cwd=self.folder, env=self.environment, start_new_session=True, stderr=stderr)

    def output_digests(self) -> dict[str, str]:
        """What dvc.lock says of every output that doesn't hang on the clock."""
        locks = [self.folder / "dvc.lock", *self.folder.glob("pipelines/*/dvc.lock")]
        stages = [stage for lock in locks for stage in YAML(typ="safe").load(lock.read_text())["stages"].items()]
        outs = {out["path"]: out["md5"] for name, body in stages if name not in CLOCKED for out in body["outs"]}
        return dict(sorted(outs.items()))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def new_study(folder: Path, changes: dict[str, Any]) -> Study:
    """This checkout's files in `folder`, committed there, with tiny parameters and some changed."""
    study = Study(folder)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.endswith("dvc.lock"):
            (study.folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, study.folder / name)
    study.change(TINY)
    study.change(changes)
    for command in ("git init -q", "git add -A", "git -c user.name=t -c user.email=t@example.org commit -qm study"):
        study.run(*command.split())
    return study


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The tiny study after one `dvc repro`."""
    study = new_study(tmp_path_factory.mktemp("study"), {})
    study.run("dvc", "repro")
    return study
