"""Experiments with data outside the repository: in this folder, in one of its own, and from the queue."""

from pathlib import Path

import numpy as np
import pytest
from end_to_end.slices import attempt, commit, contents, run, slice_of_the_study
from PIL import Image

pytestmark = pytest.mark.slow

WAYS = {  # the commands of each way of running an experiment
    "here": [("dvc", "exp", "run")],
    "in a folder of its own": [("dvc", "exp", "run", "--temp")],
    "from the queue": [("dvc", "exp", "run", "--queue"), ("dvc", "exp", "run", "--run-all")],
}


def photo_folder(folder: Path) -> Path:
    random = np.random.default_rng(0)
    for name in ("lamp", "table"):
        (folder / name).mkdir(parents=True)
        for number in range(4):
            pixels = random.integers(0, 256, (20, 20, 3), np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A slice of the study, run and committed, whose photos lie outside of it."""
    parent = tmp_path_factory.mktemp("experiments")
    photos = photo_folder(parent / "photos")
    folder = slice_of_the_study(parent / "study", {"source": "folder", "folder": str(photos)})
    run(folder, "dvc", "repro")
    commit(folder)
    return folder


@pytest.mark.parametrize("way", WAYS)
def test_an_experiment_reads_data_outside_the_repository_and_its_result_is_kept(project: Path, way: str):
    before, name = contents(project / "data"), f"seed-{len(way)}"
    first, *rest = WAYS[way]
    run(project, *first, "-n", name, "-S", f"study.seed={len(way)}")
    for command in rest:
        run(project, *command)
    assert name in run(project, "dvc", "exp", "list", "--name-only")
    if way == "here":
        assert contents(project / "data") != before
        run(project, "git", "restore", ".")
        run(project, "dvc", "checkout")
    assert contents(project / "data") == before
    assert run(project, "git", "status", "--porcelain") == ""


def test_a_folder_in_datasets_stays_out_of_git_and_other_folders_of_experiments_miss_it_at_once(project: Path):
    photo_folder(project / "datasets/photos")
    change = ("-S", "photos.folder=datasets/photos")
    run(project, "dvc", "exp", "run", "-n", "inside", *change)
    assert not any(line.startswith("datasets/") for line in run(project, "git", "ls-files").splitlines())
    revision = run(project, "dvc", "exp", "list", "--rev", "HEAD", "--sha-only").split()[0]
    tree = run(project, "git", "ls-tree", "-r", "--name-only", revision)
    assert not any(line.startswith("datasets/") for line in tree.splitlines())
    run(project, "git", "restore", ".")
    run(project, "dvc", "checkout")
    ended = attempt(project, "dvc", "exp", "run", "--temp", "--force", *change)
    assert ended.returncode != 0
    assert "no such folder" in ended.stderr
    assert "datasets/photos" in ended.stderr
