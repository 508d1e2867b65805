"""What a folder adds to a collection that holds some of its meshes: nothing twice, and what looks otherwise anew."""

import shutil
from pathlib import Path

import pytest
from search.meshes import coloured_box, paint

from fieldlink.search.finished_study import Study


@pytest.fixture
def painted(study: Study, tmp_path: Path) -> Path:
    """A folder of two boxes with materials, which are in the collection `mine` beside it."""
    folder = tmp_path / "painted"
    folder.mkdir()
    for name, width in (("one", 1.0), ("two", 2.0)):
        coloured_box(folder / f"{name}.obj", f"{name}.mtl", width)
        paint(folder / f"{name}.mtl", "1 0 0")
    assert list(study.add(folder, tmp_path / "mine").ids) == ["one", "two"]
    return folder


def test_a_file_that_comes_beside_objects_adds_none_of_them_again(study: Study, painted: Path, tmp_path: Path):
    (painted / "README.md").write_text("boxes")
    result = study.add(painted, tmp_path / "mine")
    assert (list(result.ids), list(result.replaced), sorted(result.unchanged)) == ([], [], ["one", "two"])
    coloured_box(painted / "three.obj", "three.mtl", 3)
    paint(painted / "three.mtl", "0 1 0")
    result = study.add(painted, tmp_path / "mine")
    assert (list(result.ids), list(result.replaced), sorted(result.unchanged)) == (["three"], [], ["one", "two"])
    assert result.origin.objects == 3


def test_what_was_compared_once_is_not_rendered_again(study: Study, painted: Path, tmp_path: Path, monkeypatch):
    (painted / "README.md").write_text("boxes")
    study.add(painted, tmp_path / "mine")
    monkeypatch.setattr(
        "fieldlink.search.collection_sources.view_digests", lambda tasks: pytest.fail(f"{tasks} rendered")
    )
    assert sorted(study.add(painted, tmp_path / "mine").unchanged) == ["one", "two"]


def test_an_object_that_looks_otherwise_now_replaces_the_old_one(study: Study, painted: Path, tmp_path: Path):
    before = Study(study.folder, tmp_path / "mine")
    old = {name: before.view(name, 0) for name in ("one", "two")}
    paint(painted / "one.mtl", "0 0 1")
    result = study.add(painted, tmp_path / "mine")
    assert (list(result.ids), list(result.replaced), list(result.unchanged)) == ([], ["one"], ["two"])
    after = Study(study.folder, tmp_path / "mine")
    assert list(after.ids) == ["one", "two"]
    assert after.view("one", 0) != old["one"]
    assert after.view("two", 0) == old["two"]
    coloured_box(painted / "two.obj", "two.mtl", 4)  # another shape
    assert list(study.add(painted, tmp_path / "mine").replaced) == ["two"]


def test_a_folder_that_moved_adds_nothing_even_beside_other_files(study: Study, painted: Path, tmp_path: Path):
    moved = painted.rename(tmp_path / "moved")
    (moved / "README.md").write_text("boxes")
    assert sorted(study.add(moved, tmp_path / "mine").unchanged) == ["one", "two"]


def test_equal_meshes_with_other_materials_elsewhere_are_other_objects(study: Study, painted: Path, tmp_path: Path):
    other = Path(shutil.copytree(painted, tmp_path / "other"))
    paint(other / "one.mtl", "0 0 1")
    result = study.add(other, tmp_path / "mine")
    assert list(result.unchanged) == ["two"]
    assert result.ids[0].startswith("one.")
