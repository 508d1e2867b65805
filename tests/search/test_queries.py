"""A question is one question, and a mesh is fitted anew as soon as what it is drawn with has changed."""

from pathlib import Path

import numpy as np
import pytest
from search.meshes import coloured_box, paint

from fieldlink.core.errors import InputError
from fieldlink.explorer.uploads import query_of
from fieldlink.search.finished_study import Study


def test_a_question_beside_an_earlier_query_is_an_error(study: Study):
    query = study.query(nerf=study.ids[0])
    with pytest.raises(InputError, match="expected exactly one of text, image, mesh and nerf, or an earlier query"):
        study.search(text="a lamp", query=query)
    with pytest.raises(InputError, match="or an earlier query alone"):
        study.classify(nerf=study.ids[0], query=query)


def test_a_mesh_is_fitted_once_and_anew_when_a_file_that_it_names_has_changed(study: Study, tmp_path: Path):
    coloured_box(tmp_path / "box.obj", "box.mtl")
    paint(tmp_path / "box.mtl", "1 0 0")
    red = study.query(mesh=tmp_path / "box.obj")
    assert study.query(mesh=tmp_path / "box.obj") is red
    paint(tmp_path / "box.mtl", "0 0 1")  # as many bytes
    blue = study.query(mesh=tmp_path / "box.obj")
    assert blue.digest == red.digest  # of the mesh's own file
    assert red.stored is not None
    assert blue.stored is not None
    assert not np.array_equal(red.stored.weights, blue.stored.weights)


def test_a_mesh_of_a_user_may_name_files_outside_of_its_folder_and_is_fitted_anew_when_they_change(
    study: Study, tmp_path: Path
):
    (tmp_path / "models").mkdir()
    (tmp_path / "materials").mkdir()
    mesh = tmp_path / "models/box.obj"
    coloured_box(mesh, "../materials/box.mtl")
    paint(mesh.with_name("other.mtl"), "0 1 0")
    paint(tmp_path / "materials/box.mtl", "1 0 0")
    red = study.query(mesh=mesh)
    assert (red.note, study.query(mesh=mesh) is red) == ("", True)
    paint(tmp_path / "materials/box.mtl", "0 0 1")  # as many bytes
    blue = study.query(mesh=mesh)
    assert red.stored is not None
    assert blue.stored is not None
    assert not np.array_equal(red.stored.weights, blue.stored.weights)


def test_a_mesh_of_a_user_has_no_files_by_their_names_from_above_its_folder(study: Study, tmp_path: Path):
    (tmp_path / "models").mkdir()
    coloured_box(tmp_path / "models/box.obj", "C:\\box.mtl")
    paint(tmp_path / "models/other.mtl", "0 1 0")
    paint(tmp_path / "box.mtl", "1 0 0")
    assert study.query(mesh=tmp_path / "models/box.obj").note.endswith("C:/box.mtl not found")


@pytest.mark.parametrize("form", ["{}", "file://{}", "../{}"])
def test_a_mesh_that_was_sent_reads_nothing_outside_of_its_folder(
    study: Study, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # its file then lies in a folder of this one
    paint(tmp_path / "box.mtl", "1 0 0")
    name = form.format("box.mtl" if form.startswith("..") else tmp_path / "box.mtl")
    coloured_box(tmp_path / "box.obj", name)
    query = query_of(study, (tmp_path / "box.obj").read_bytes(), "obj", "box.obj")
    assert query.note.startswith("drawn without 1 of 1 materials: ")
    assert query.note.endswith("box.mtl not found")
