"""The code's own rules, run as anyone would run them: lint, format, types, layers, subjects of commits."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    ["ruff check .", "ruff format --check .", "basedpyright", "lint-imports --no-cache"],
)
def test_the_tool_finds_nothing(command):
    ended = subprocess.run(
        command.split(), executable=BIN / command.split()[0], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("scenes/cameras.py", "import fieldlink.nerf.field"),  # a layer up
        ("nf2vec/encoder.py", "import fieldlink.clip.encoders"),  # the same layer
        ("nf2vec/encoder.py", "import nerfacc"),  # not the one import
        ("core/seeds.py", "import stages.backbone.fit_nerfs"),  # a stage
        ("report/charts.py", "import dvc.repo"),  # for commands alone
    ],
)
def test_an_import_against_the_rules_is_found(tmp_path, module, line):
    for package in ("fieldlink", "stages"):
        shutil.copytree(ROOT / package, tmp_path / package)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "fieldlink" / module).open("a") as file:
        file.write(f"\n{line}\n")
    command = [BIN / "lint-imports", "--no-cache"]
    ended = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=False)
    assert ended.returncode == 1
    assert b"BROKEN" in ended.stdout


def test_subjects_of_commits_fit_into_72_characters():
    command = ["git", "log", "--no-merges", "--since=2026-11-30T12:30", "--format=%s"]  # earlier ones may be longer
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        pytest.skip("no git history here")
    assert [subject for subject in ended.stdout.splitlines() if len(subject) > 72] == []
