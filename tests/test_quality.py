"""The code's own rules, run as anyone would run them: lint, format, types, floors and doors."""

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
        ("scenes/cameras.py", "import fieldlink.nerf.field"),  # a floor up
        ("nf2vec/encoder.py", "import fieldlink.clip.encoders"),  # the same floor
        ("nf2vec/encoder.py", "import nerfacc"),  # past the one import
        ("core/seeds.py", "import stages.backbone.fit_nerfs"),  # a stage
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
