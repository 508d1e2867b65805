"""Bad parameters, and folders of data that an experiment would commit, are named before any other stage runs."""

import subprocess

import pytest
from parameters import written

from fieldlink.core.errors import InputError
from stages.backbone.check_params import check_params


def test_the_same_file_is_written_for_any_values(tmp_path):
    for name, changes in (("first", {}), ("second", {"photos.per_class": 7, "study.seed": 3})):
        check_params(tmp_path / f"{name}.json", written(tmp_path / "params.yaml", changes))
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()


def test_a_value_out_of_bounds_is_named(tmp_path):
    params = written(tmp_path / "params.yaml", {"photos.per_class": -5})
    with pytest.raises(InputError, match=r"photos\.per_class"):
        check_params(tmp_path / "out.json", params)
    assert not (tmp_path / "out.json").exists()


def test_an_experiment_does_not_start_that_would_commit_a_folder_of_data(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    subprocess.run(["git", "init", "-q"], check=True)
    (tmp_path / "meshes").mkdir()
    (tmp_path / "meshes" / "a.obj").write_text("v 0 0 0\n")
    params = written(tmp_path / "params.yaml", {"scenes.source": "meshes", "scenes.folder": "meshes"})
    check_params(tmp_path / "out.json", params)
    monkeypatch.setenv("DVC_EXP_BASELINE_REV", "0" * 40)
    with pytest.raises(InputError, match=r"scenes\.folder: meshes: not ignored by git"):
        check_params(tmp_path / "out.json", params)
    (tmp_path / ".gitignore").write_text("meshes\n")
    check_params(tmp_path / "out.json", params)
