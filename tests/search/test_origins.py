"""The commit that an answer names is that of the study that made its models, or says that it isn't."""

from hashlib import md5
from pathlib import Path

import pytest

from fieldlink.core.git import git_output
from fieldlink.search.origins import OTHER_MODELS, commit_of, folder_md5

LOCK = "schema: '2.0'\nstages:\n  train:\n    outs:\n    - path: nf2vec\n      hash: md5\n      md5: {}\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A repository of a study that notes its nf2vec."""
    folder = tmp_path / "nf2vec"
    (folder / "b").mkdir(parents=True)
    (folder / "a.json").write_text("{}")
    (folder / "b" / "weights").write_bytes(b"12")
    (tmp_path / "dvc.lock").write_text(LOCK.format(folder_md5(folder)))
    git_output(tmp_path, "init", "--quiet")
    git_output(tmp_path, "add", "dvc.lock")
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    git_output(tmp_path, *who, "commit", "--quiet", "-m", "Run the study")
    return tmp_path


def test_a_folders_md5_is_that_of_the_list_of_its_files(study: Path):
    a, b = md5(b"{}").hexdigest(), md5(b"12").hexdigest()
    text = f'[{{"md5": "{a}", "relpath": "a.json"}}, {{"md5": "{b}", "relpath": "b/weights"}}]'
    assert folder_md5(study / "nf2vec") == f"{md5(text.encode()).hexdigest()}.dir"


def test_a_commit_is_that_of_the_models_it_notes(study: Path):
    head = git_output(study, "rev-parse", "--short=12", "HEAD").strip()
    assert commit_of(study, study / "nf2vec") == head
    (study / "nf2vec" / "b" / "weights").write_bytes(b"13")
    assert commit_of(study, study / "nf2vec") == f"{head}, {OTHER_MODELS}"
    (study / "dvc.lock").write_text(LOCK.format(folder_md5(study / "nf2vec")))
    assert commit_of(study, study / "nf2vec") == f"{head}+"


def test_a_repository_that_notes_no_models_is_no_study(study: Path):
    (study / "models").mkdir()
    (study / "nf2vec").rename(study / "models" / "nf2vec")
    assert commit_of(study / "models", study / "models" / "nf2vec").endswith(f", {OTHER_MODELS}")


def test_outside_of_a_repository_there_is_no_commit(tmp_path: Path):
    assert commit_of(tmp_path, tmp_path) == ""
