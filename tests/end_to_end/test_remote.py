"""A study moves through a remote: push, clone elsewhere, pull, and nothing is left to do."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from end_to_end.remotes import REMOTES, Remote
from end_to_end.slices import attempt, commit, contents, run, slice_of_the_study

pytestmark = pytest.mark.thesis


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A slice of the study after `dvc repro`, committed."""
    folder = slice_of_the_study(tmp_path_factory.mktemp("study") / "here")
    run(folder, "dvc", "repro")
    commit(folder)
    return folder


@pytest.fixture(params=REMOTES)
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Remote]:
    with REMOTES[request.param](tmp_path) as remote:
        yield remote


def clone(here: Path, there: Path, remote: Remote) -> Path:
    run(here.parent, "git", "clone", "-q", str(here), str(there))
    remote.log_in(there)
    return there


def test_what_is_pushed_is_pulled_and_a_lost_object_is_named_and_healed(tmp_path: Path, finished: Path, remote: Remote):
    here = Path(shutil.copytree(finished, tmp_path / "here", symlinks=True))
    remote.add(here)
    commit(here)
    remote.log_in(here)
    run(here, "dvc", "push", **remote.environment)
    assert 0 < len(remote.objects()) < 20  # few large files

    there = clone(here, tmp_path / "there", remote)
    assert not (there / "data").exists()
    run(there, "dvc", "pull", **remote.environment)
    assert contents(there / "data") == contents(here / "data")
    said = run(there, "dvc", "repro")
    assert "Running stage" not in said
    assert "up to date" in said
    assert run(there, "git", "status", "--porcelain") == ""

    photos = sorted((here / "data/photos").glob("*.parquet"))[0]
    lost = next(name for name in remote.objects() if md5_place(photos) in name)
    remote.lose(lost)
    elsewhere = clone(here, tmp_path / "elsewhere", remote)
    ended = attempt(elsewhere, "dvc", "pull", **remote.environment)
    assert ended.returncode != 0
    assert md5_place(photos).replace("/", "") in (ended.stdout + ended.stderr).replace("/", "")
    said = run(elsewhere, "dvc", "repro", **remote.environment)
    assert "Running stage 'prepare_photos'" in said
    assert "Running stage 'prepare_captioned_pictures'" not in said
    assert contents(elsewhere / "data") == contents(here / "data")
    assert run(elsewhere, "git", "status", "--porcelain") == ""
    remote.lose(next(name for name in remote.objects() if list_of_photos(here) in name))
    run(here, "dvc", "push", **remote.environment)
    assert lost in remote.objects()
    run(clone(here, tmp_path / "healed", remote), "dvc", "pull", **remote.environment)


def test_a_clone_without_the_key_is_refused_by_name(tmp_path: Path, finished: Path):
    here = Path(shutil.copytree(finished, tmp_path / "here", symlinks=True))
    with REMOTES["ssh"](tmp_path) as remote:
        remote.add(here)
        ended = attempt(here, "dvc", "push", HOME=str(tmp_path), SSH_AUTH_SOCK="")
    assert ended.returncode != 0
    assert "Permission denied" in ended.stderr


def list_of_photos(project: Path) -> str:
    """Where DVC puts the list of the photos' files; while a remote has it, a push takes the files for present."""
    from ruamel.yaml import YAML

    outs = YAML(typ="safe").load(project / "dvc.lock")["stages"]["prepare_photos"]["outs"]
    md5 = next(out["md5"] for out in outs if out["path"] == "data/photos")
    return f"{md5[:2]}/{md5[2:]}"


def md5_place(file: Path) -> str:
    """Where DVC puts a file: two digits of its md5, a slash, the rest."""
    import hashlib

    md5 = hashlib.md5(file.read_bytes()).hexdigest()
    return f"{md5[:2]}/{md5[2:]}"
