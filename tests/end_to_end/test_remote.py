"""A study moves through a remote: push, clone elsewhere, pull, and nothing is left to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

pytestmark = pytest.mark.thesis

ROOT = Path(__file__).parent.parent.parent
STAGES = ("prepare_photos", "prepare_captioned_pictures")  # a slice of the study that ends soon


def run(folder: Path, *command: str) -> str:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("FIELDLINK_SCRATCH", None)
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
    return ended.stdout


def slice_of_the_study(folder: Path) -> None:
    """Our own code and dvc.yaml with two of its stages and two classes, as a git and DVC project."""
    for package in ("fieldlink", "stages"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".gitignore", ".dvcignore"):
        shutil.copy(ROOT / name, folder / name)
    yaml = YAML()
    pipeline, params = yaml.load(ROOT / "dvc.yaml"), yaml.load(ROOT / "params.yaml")
    yaml.dump({"stages": {name: pipeline["stages"][name] for name in STAGES}}, folder / "dvc.yaml")
    params["classes"] = {name: params["classes"][name] for name in ("lamp", "table")}
    params["photos"].update(per_class=2, resolution=16)
    params["clip"]["pictures"].update(objects_per_class=2)
    yaml.dump(params, folder / "params.yaml")
    shutil.copytree(ROOT / ".dvc", folder / ".dvc", ignore=lambda place, names: set(names) - {"config", ".gitignore"})
    run(folder, "git", "init", "-q")


def commit(folder: Path) -> None:
    run(folder, "git", "add", "-A")
    run(folder, "git", "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "study")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_pushed_is_pulled_into_a_clone_in_which_repro_runs_nothing(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    slice_of_the_study(here)
    run(here, "dvc", "repro")
    run(here, "dvc", "remote", "add", "--default", "store", str(tmp_path / "store"))
    commit(here)
    run(here, "dvc", "push")
    pushed = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert 0 < len(pushed) < 20  # few large files
    run(tmp_path, "git", "clone", "-q", str(here), str(there))
    assert not (there / "data").exists()
    run(there, "dvc", "pull")
    assert contents(there / "data") == contents(here / "data")
    said = run(there, "dvc", "repro")
    assert "Running stage" not in said
    assert "up to date" in said
    assert run(there, "git", "status", "--porcelain") == ""
