"""A tiny study that is killed twenty times, at random moments, ends with the outputs of one that never was."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from end_to_end.conftest import new_study

KILLS = 20
START = 2  # seconds that DVC alone takes at least
SHARE = 1 / 8  # of all stages' seconds that a run gets at most: fewer than half the kills are lost to its end

pytestmark = pytest.mark.slow


def test_a_study_killed_twenty_times_ends_with_the_same_outputs(study, tmp_path):
    killed, kills = new_study(tmp_path / "killed", {}), 0
    random, longest = np.random.default_rng(0), START + SHARE * _seconds(study.folder)
    while kills < KILLS and not _ends_within(killed, random.uniform(START, longest)):
        kills += 1
    killed.run("dvc", "repro")
    assert kills > KILLS // 2
    assert killed.output_digests() == study.output_digests()
    assert not [path for path in _files(killed.folder) if ".writing" in path.name]


def _seconds(folder: Path) -> float:
    """Of all stages of a finished study."""
    return sum(json.loads(path.read_text())["seconds"] for path in (folder / ".scratch/times").glob("*.json"))


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
    assert "rwlock: cut short" in check or "dvc.lock: empty or cut off" in check
    return next(line.split() for line in check.splitlines() if line.startswith("    rm"))


def _files(folder: Path) -> list[Path]:
    return [path for name in ("data", "reports") for path in (folder / name).rglob("*")]
