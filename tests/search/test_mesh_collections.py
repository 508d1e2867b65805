"""Collections of a user's own: added, searched, added to, and left alone where something is wrong."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from search.meshes import box, coloured_box

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
from fieldlink.search.collection_folders import only_writer
from fieldlink.search.finished_study import Study


def reasons(mine: Study) -> dict[str, str]:
    rows = datasets.read(mine.collection.paths.rejected, REJECTED).to_pylist()
    return {row["id"]: row["reason"] for row in rows}


def test_objects_have_no_class_and_are_found(mine: Study, meshes: Path):
    answer = mine.search(text="a chair", by="clip2nerf cosine", k=5)
    assert sorted(row.id for row in answer.rows) == ["board", "cube"]
    assert {(row.class_name, row.split, row.caption) for row in answer.rows} == {(None, None, None)}
    assert {row.paths["source"] for row in answer.rows} == {str(meshes / "cube.off"), str(meshes / "below/board.off")}
    assert answer.origin.collection == str(mine.collection.folder)
    assert answer.origin.objects == 2


def test_an_answer_names_folders_that_are_absolute(mine: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """So that it names them wherever it is read."""
    monkeypatch.chdir(mine.folder)
    here = Study(Path(), Path(os.path.relpath(mine.collection.folder)))
    assert (here.origin.study, here.origin.collection) == (str(mine.folder), str(mine.collection.folder))
    assert Study(Path()).origin.collection == str(mine.folder / "data")
    box(tmp_path / "meshes" / "cube.off")
    result = here.add(os.path.relpath(tmp_path / "meshes"), os.path.relpath(tmp_path / "new"))
    assert (result.collection, result.origin.collection) == (str(tmp_path / "new"),) * 2


def test_a_mesh_that_cannot_be_used_is_kept_with_its_reason_until_it_can(mine: Study, meshes: Path, tmp_path: Path):
    assert "broken.obj: mesh without faces" in reasons(mine)["broken"]
    shutil.copytree(mine.collection.folder, tmp_path / "copy")
    copied = Path(shutil.copytree(meshes, tmp_path / "meshes"))
    (copied / "empty.obj").write_text("nothing\n")  # nothing else is new
    study = Study(mine.folder, tmp_path / "copy")
    assert sorted(study.add(copied).unchanged) == ["board", "cube"]
    assert sorted(reasons(study)) == ["broken", "empty"]
    box(copied / "empty.off", height=3)
    (copied / "empty.obj").unlink()
    assert list(study.add(copied).ids) == ["empty"]
    assert sorted(reasons(study)) == ["broken"]


def test_a_mesh_finds_itself(mine: Study, meshes: Path):
    for by in ("nf2vec", "nerf2clip siglip", "clip2nerf cosine"):
        first = mine.search(mesh=meshes / "cube.off", by=by).rows[0]
        assert first.id == "cube"
        assert first.score == pytest.approx(1, abs=1e-5)


def test_a_mesh_is_seen_and_fitted_as_an_object_of_the_study_with_its_id(mine: Study, meshes: Path):
    params = mine.params
    poses = cameras.disn_poses(seed_of(params.study.seed, "views", "cube"), params.scenes.views)
    views = render(read(meshes / "cube.off"), poses, cameras.DISN_ANGLE, params.scenes.resolution)
    stored = of_rows(datasets.rows_with_ids(mine.collection.paths.views, VIEWS, ["cube"]))
    np.testing.assert_array_equal(stored.image, views.image)
    seed = seed_of(params.study.seed, "rays", "cube", 0)
    (fit,) = fit_batch([stored], mine.models.nerf_start, params.nerf, [seed], "cpu")
    assert isinstance(fit, Fit)
    np.testing.assert_allclose(mine.nerf("cube").weights, fit.weights, atol=1e-4)
    vector = mine.collection.nerf_vectors[mine.collection.index_of("cube")]
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
    assert sorted(reasons(study)) == ["broken"]


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


def test_a_collection_that_another_process_changes_is_left_alone(mine: Study, meshes: Path, tmp_path: Path):
    shutil.copytree(mine.collection.folder, tmp_path / "copy")
    with only_writer(tmp_path / "copy"), pytest.raises(InputError, match="copy: busy, another `fieldlink add`"):
        mine.add(meshes, tmp_path / "copy")


def test_a_collection_that_a_kill_left_aside_is_opened_and_added_to(mine: Study, meshes: Path, tmp_path: Path):
    for use in (lambda folder: Study(mine.folder, folder).ids, lambda folder: mine.add(meshes, folder).unchanged):
        shutil.copytree(mine.collection.folder, tmp_path / ".copy.old")
        assert list(use(tmp_path / "copy")) == ["board", "cube"]
        shutil.rmtree(tmp_path / "copy")


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
    assert points.positions.shape == (2, 2)
    distance = np.linalg.norm(points.positions[0] - points.positions[1])
    assert distance == pytest.approx(np.linalg.norm(unit[0] - unit[1]), rel=1e-4)  # two points lie in a plane


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
    assert any("the same contents as" in reason and "caf\\udce9.obj" in reason for reason in reasons(mine).values())
    assert list(study.add(folder, tmp_path / "mine").unchanged) == list(result.ids)
