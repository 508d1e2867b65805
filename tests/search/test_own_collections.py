"""Collections of a user's own: added, searched, added to, and left alone where something is wrong."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from search.meshes import box, coloured_box, paint

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import REJECTED, VIEWS
from fieldlink.core.seeds import seed_of
from fieldlink.nerf.fitting.batch_fitting import fit_batch
from fieldlink.nerf.fitting.optimisation import Fit
from fieldlink.scenes import cameras
from fieldlink.scenes.importers.mesh_folder import read
from fieldlink.scenes.ray_casting import render
from fieldlink.scenes.views import of_rows
from fieldlink.search.finished_study import Study


@pytest.fixture(scope="module")
def meshes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("meshes")
    box(folder / "cube.off")
    box(folder / "below" / "board.off", height=0.2)
    (folder / "broken.obj").write_text("no mesh\n")
    return folder


@pytest.fixture(scope="module")
def mine(study: Study, meshes: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The tiny study with a collection of two boxes."""
    folder = tmp_path_factory.mktemp("collection")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIELDLINK_SCRATCH", str(folder / "scratch"))
        result = study.add(meshes, folder / "mine")
    assert list(result.ids) == ["board", "cube"]
    assert result.origin.objects == 2
    assert "broken.obj: mesh without faces" in result.rejected["broken"]
    return Study(study.folder, folder / "mine")


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))


def test_objects_have_no_class_and_are_found(mine: Study, meshes: Path):
    answer = mine.search(text="a chair", by="clip2nerf cosine", k=5)
    assert sorted(row.id for row in answer.rows) == ["board", "cube"]
    assert {(row.class_name, row.split, row.caption) for row in answer.rows} == {(None, None, None)}
    assert {row.paths["source"] for row in answer.rows} == {str(meshes / "cube.off"), str(meshes / "below/board.off")}
    assert answer.origin.collection == str(mine.collection.folder)


def test_a_mesh_finds_itself(mine: Study, meshes: Path):
    for by in ("nf2vec", "nerf2clip siglip", "clip2nerf cosine"):
        first = mine.search(mesh=meshes / "cube.off", by=by).rows[0]
        assert first.id == "cube"
        assert first.score == pytest.approx(1, abs=1e-5)


def test_a_mesh_is_seen_and_fitted_as_an_object_of_the_study_with_its_id(mine: Study, meshes: Path):
    params = mine.params
    poses = cameras.disn_poses(seed_of(params.study.seed, "views", "cube"), params.scenes.views)
    views = render(read(meshes / "cube.off"), poses, cameras.DISN_ANGLE, params.scenes.resolution)
    stored = of_rows(datasets.rows_with_ids(mine.collection.places.views, VIEWS, ["cube"]))
    np.testing.assert_array_equal(stored.image, views.image)
    seed = seed_of(params.study.seed, "rays", "cube", 0)
    (fit,) = fit_batch([stored], mine.models.nerf_start, params.nerf, [seed], "cpu")
    assert isinstance(fit, Fit)
    np.testing.assert_allclose(mine.nerf("cube").weights, fit.weights, atol=1e-4)
    vector = mine.collection.nerf_vectors[mine.collection.place("cube")]
    np.testing.assert_allclose(vector, mine.models.nerf_vectors(fit.weights[None])[0], atol=1e-3)


def test_objects_are_added_to_those_there_and_the_same_files_are_not(mine: Study, meshes: Path, tmp_path: Path):
    shutil.copytree(mine.collection.folder, tmp_path / "copy")
    more = tmp_path / "more"
    box(more / "cube.off", width=3)  # another one of this name
    (more / "below").mkdir()
    shutil.copy(meshes / "below" / "board.off", more / "below" / "same.off")
    study = Study(mine.folder, tmp_path / "copy")
    before = study.nerf("cube").weights
    result = study.add(more)
    assert list(result.unchanged) == ["board"]
    assert len(result.ids) == 1
    assert result.ids[0].startswith("cube.")
    assert list(study.ids) == sorted(["board", "cube", result.ids[0]])
    np.testing.assert_array_equal(study.nerf("cube").weights, before)
    assert study.neighbours("cube", "CLIP mean").rows
    assert datasets.read(tmp_path / "copy" / "rejected", REJECTED)["id"].to_pylist() == ["broken"]


def test_a_folder_that_is_no_collection_is_left_alone(study: Study, meshes: Path):
    before = sorted(meshes.rglob("*"))
    with pytest.raises(InputError, match="not a collection that `fieldlink add` wrote"):
        study.add(meshes, meshes)
    with pytest.raises(InputError, match="not a collection"):
        study.add(meshes, study.folder / "data")
    assert sorted(meshes.rglob("*")) == before


@pytest.mark.parametrize("files", [{}, {"broken.obj": "no mesh"}, {"scene.fbx": "x"}])
def test_a_folder_without_a_mesh_that_can_be_used_is_an_error(study: Study, tmp_path: Path, files: dict[str, str]):
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    with pytest.raises(InputError, match=f"{folder}: no"):
        study.add(folder, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


def test_vectors_of_another_model_are_an_error_that_names_it(mine: Study, tmp_path: Path):
    folder = tmp_path / "copy"
    shutil.copytree(mine.collection.folder, folder)
    description = folder / "collection.json"
    values = json.loads(description.read_text())
    values["models"]["nf2vec"] = "0" * 12
    description.write_text(json.dumps(values))
    with pytest.raises(InputError, match="vectors are of another nf2vec"):
        Study(mine.folder, folder)


def test_a_collection_without_a_projection_is_shown_by_its_principal_components(mine: Study):
    points = mine.map_points()
    unit = mine.collection.nerf_vectors / np.linalg.norm(mine.collection.nerf_vectors, axis=1, keepdims=True)
    assert points.places.shape == (2, 2)
    distance = np.linalg.norm(points.places[0] - points.places[1])
    assert distance == pytest.approx(np.linalg.norm(unit[0] - unit[1]), rel=1e-4)  # two points lie in a plane


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
    monkeypatch.setattr("fieldlink.search.known_objects.view_digests", lambda tasks: pytest.fail(f"{tasks} rendered"))
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


def test_what_an_object_is_drawn_without_and_files_of_other_kinds_are_told(study: Study, tmp_path: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    coloured_box(folder / "bare.obj", "gone.mtl")
    (folder / "scene.blend").write_bytes(b"x")
    result = study.add(folder, tmp_path / "mine")
    assert "gone.mtl" in result.notes["bare"]
    assert dict(result.other_files) == {".blend": 1}
    query = study.query(mesh=folder / "bare.obj")
    assert "gone.mtl" in query.as_dict()["note"]


def test_names_that_are_no_utf8_are_written_with_their_bytes(study: Study, tmp_path: Path):
    folder = tmp_path / "folder"
    folder.mkdir()
    file = os.fsencode(folder) + b"/caf\xe9.obj"
    coloured_box(file, "gone.mtl")
    shutil.copy(file, os.fsencode(folder) + b"/z\xe9.obj")  # its reason names the other one
    broken = os.fsencode(folder) + b"/broken\xe9.obj"
    with open(broken, "w") as stream:  # noqa: PTH123  a path of bytes
        stream.write("no mesh\n")
    result = study.add(folder, tmp_path / "mine")
    mine = Study(study.folder, tmp_path / "mine")
    assert mine.search(text="a box", k=1).rows[0].paths["source"].endswith("caf\\udce9.obj")
    reasons = datasets.read(tmp_path / "mine" / "rejected", REJECTED)["reason"].to_pylist()
    assert any("the same contents as" in reason and "caf\\udce9.obj" in reason for reason in reasons)
    assert list(study.add(folder, tmp_path / "mine").unchanged) == list(result.ids)
