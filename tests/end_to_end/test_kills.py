"""A tiny study that is killed twenty times, at random moments, ends with the outputs of one that never was."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from end_to_end.conftest import new_study

KILLS, SECONDS = 20, (3, 20)  # how long a run lives: DVC alone starts in two seconds

pytestmark = pytest.mark.slow


def test_a_study_killed_twenty_times_ends_with_the_same_outputs(study, tmp_path):
    killed, kills = new_study(tmp_path / "killed", {}), 0
    random = np.random.default_rng(0)
    while kills < KILLS and not _ends_within(killed, random.uniform(*SECONDS)):
        kills += 1
    killed.run("dvc", "repro")
    assert kills > KILLS // 2
    assert killed.output_digests() == study.output_digests()
    assert not [path for path in _files(killed.folder) if ".writing" in path.name]


def _ends_within(study, seconds: float) -> bool:
    """Whether `dvc repro` comes to its end; it is killed with all its workers if it doesn't."""
    process = study.start("dvc", "repro")
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        study.kill(process)
        return False
    if code:
        study.run(*_mends(study))
        return False
    return True


def _mends(study) -> list[str]:
    """The command by which a file is mended that DVC was writing when it was killed."""
    check = study.run("sh", "-c", "fieldlink check 2>/dev/null || true")
    assert "rwlock: cut short" in check
    return next(line.split() for line in check.splitlines() if line.startswith("    rm"))


def _files(folder: Path) -> list[Path]:
    return [path for name in ("data", "reports") for path in (folder / name).rglob("*")]
