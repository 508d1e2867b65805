"""`fieldlink check` finds what DVC itself believes to be in order, and what it prints mends it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fieldlink.commands.check import check
from fieldlink.core.errors import InputError

PIPELINE = """
stages:
  fit:
    cmd: mkdir -p data/nerfs && echo one > data/nerfs/a && echo two > data/nerfs/b
    params: [steps]
    outs: [data/nerfs]
  report:
    cmd: mkdir -p reports && tr a-z A-Z < data/nerfs/b > reports/index.html && wc -l data/nerfs/a > reports/table.csv
    deps: [data/nerfs]
    outs: [reports/index.html, reports/table.csv: {cache: false}]
"""


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def flip_a_bit(file: Path) -> None:
    """Damage a file as a disk does: its size and its time stay, and so does its second name in DVC's cache."""
    status, data = file.stat(), bytearray(file.read_bytes())
    data[0] ^= 1
    file.chmod(0o644)
    file.write_bytes(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished pipeline of two stages. Its parameter is DVC's `cache.type`, by default with hard links."""
    cache_type = getattr(request, "param", "hardlink,copy")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    (tmp_path / "params.yaml").write_text("steps: 1\n")
    for command in ("git init -q", "dvc init -q", f"dvc config cache.type {cache_type}", "dvc repro -q"):
        run(*command.split())
    return tmp_path


def outputs(project: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for name in ("data", "reports") for p in (project / name).rglob("*") if p.is_file()}


def mend(capsys: pytest.CaptureFixture[str]) -> str:
    """Run the commands that `check` prints; returns all that it prints."""
    with pytest.raises(InputError, match="to mend"):
        check()
    output = capsys.readouterr().out
    for line in output.splitlines():
        if line.startswith("    or, if"):
            break
        if line.startswith("    "):
            run(*line.split())
    check()
    return output


@pytest.mark.parametrize(
    ("project", "damaged", "words"),
    [
        ("hardlink,copy", "data/nerfs/b", "data/nerfs/b: damaged in DVC's cache"),
        ("hardlink,copy", "reports/index.html", "reports/index.html: damaged in DVC's cache"),
        ("copy", "data/nerfs/b", "data/nerfs: differs from what fit wrote (b)"),
        ("copy", "reports/table.csv", "reports/table.csv: differs from what report wrote"),  # not in the cache
    ],
    indirect=["project"],
)
def test_a_flipped_bit_that_dvc_does_not_notice_is_named_and_mended(project: Path, capsys, damaged: str, words: str):
    before = outputs(project)
    check()
    flip_a_bit(project / damaged)
    run("dvc", "repro")
    assert outputs(project) != before  # DVC goes by sizes and times
    capsys.readouterr()
    assert words in mend(capsys)
    assert outputs(project) == before


def test_a_damaged_list_of_files_that_is_still_json_is_named_and_mended(project: Path, capsys):
    before = outputs(project)
    (file,) = (project / ".dvc" / "cache" / "files" / "md5").rglob("*.dir")
    file.chmod(0o644)
    file.write_text(file.read_text().replace('"md5"', '"xd5"', 1))
    assert "list of files of data/nerfs: damaged in DVC's cache" in mend(capsys)
    assert outputs(project) == before


def test_changed_outputs_are_named_and_come_back(project: Path, capsys):
    before = outputs(project)
    (project / "data/nerfs/b").unlink()
    (project / "data/nerfs/c").write_text("mine")
    (project / "reports/table.csv").write_text("other numbers")
    output = mend(capsys)
    assert "data/nerfs: differs from what fit wrote (b, c)" in output
    assert "reports/table.csv: differs from what report wrote" in output
    assert outputs(project) == before


@pytest.mark.parametrize("rest", [0, 100])
def test_a_lock_that_was_cut_off_is_restored_without_running_a_cached_stage(project: Path, capsys, rest: int):
    before, lock = outputs(project), project / "dvc.lock"
    whole = lock.read_text()
    lock.write_text(whole[:rest])
    assert "dvc.lock: empty or cut off" in mend(capsys)
    assert lock.read_text() == whole
    assert outputs(project) == before


@pytest.mark.parametrize(("cut", "words"), [(1, "no entry of report, which"), (0, "no entry of fit, report, which")])
def test_a_lock_that_lacks_stages_is_named_and_restored(project: Path, capsys, cut: int, words: str):
    """A lock of its first stages alone is whole YAML, and DVC takes it for that of a study that hasn't gone further."""
    before, lock = outputs(project), project / "dvc.lock"
    whole = lock.read_text()
    lock.write_text(whole[: whole.index("  report:")]) if cut else lock.unlink()
    assert words in mend(capsys)
    assert lock.read_text() == whole
    assert outputs(project) == before


def test_what_a_kill_leaves_of_dvcs_list_of_runs_is_named_and_mended(project: Path, capsys):
    (project / ".dvc" / "tmp" / "rwlock").write_text("")
    assert subprocess.run(["dvc", "repro", "--force"], check=False, capture_output=True).returncode
    assert "rwlock: cut short when DVC was killed" in mend(capsys)
    run("dvc", "repro", "--force")
    check()
