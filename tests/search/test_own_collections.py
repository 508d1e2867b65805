"""Collections of a user's own: added, searched, added to, and left alone where something is wrong."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from search.meshes import box

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
