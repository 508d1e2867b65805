"""A slice of the study that ends soon: a few of its stages and two of its classes, in a folder of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent.parent
STAGES = ("check_params", "prepare_photos", "prepare_captioned_pictures")


def attempt(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder; its output is kept."""
    variables = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"} | environment
    variables.pop("FIELDLINK_SCRATCH", None)
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=300)


def run(folder: Path, *command: str, **environment: str) -> str:
    """Standard output of a command that must succeed."""
    ended = attempt(folder, *command, **environment)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
    return ended.stdout


def slice_of_the_study(folder: Path, photos: Mapping[str, object] | None = None) -> Path:
    """Our own code and dvc.yaml with these stages and two classes, as a git and DVC project; `photos`: parameters."""
    folder.mkdir()
    for package in ("fieldlink", "stages"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".gitignore", ".dvcignore"):
        shutil.copy(ROOT / name, folder / name)
    yaml = YAML()
    pipeline, params = yaml.load(ROOT / "dvc.yaml"), yaml.load(ROOT / "params.yaml")
    yaml.dump({"stages": {name: pipeline["stages"][name] for name in STAGES}}, folder / "dvc.yaml")
    params["classes"] = {name: params["classes"][name] for name in ("lamp", "table")}
    params["photos"].update({"per_class": 2, "resolution": 16} | dict(photos or {}))
    params["clip"]["pictures"].update(objects_per_class=2)
    yaml.dump(params, folder / "params.yaml")
    shutil.copytree(ROOT / ".dvc", folder / ".dvc", ignore=lambda parent, names: set(names) - {"config", ".gitignore"})
    run(folder, "git", "init", "-q")
    for key, value in (("user.name", "t"), ("user.email", "t@example.org")):
        run(folder, "git", "config", key, value)
    return folder


def commit(folder: Path) -> None:
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-qm", "study")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
