"""A question is one question, and a mesh is fitted anew as soon as what it is drawn with has changed."""

from pathlib import Path

import numpy as np
import pytest
from search.meshes import coloured_box, paint

from fieldlink.core.errors import InputError
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
