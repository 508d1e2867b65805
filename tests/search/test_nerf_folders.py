"""A NeRF in a folder of the official code is asked with, and no file in it runs anything."""

import os
import pickle
from pathlib import Path

import pytest

from fieldlink.commands.export_nerfs import export_nerfs
from fieldlink.core.errors import InputError
from fieldlink.exchange.nerf_export import folder_of
from fieldlink.exchange.official_nerfs import GRID, WEIGHTS
from fieldlink.search.finished_study import Study


@pytest.fixture(scope="module")
def exported(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All NeRFs of the study, as the official code has them."""
    out, paths = tmp_path_factory.mktemp("exported") / "nerfs", study.collection.paths
    export_nerfs(paths.objects, paths.views, paths.nerfs, out)
    return out


def folder_of_object(exported: Path, study: Study, object_id: str) -> Path:
    row = {name: values[study.collection.index[object_id]] for name, values in study.collection.columns.items()}
    return exported / folder_of(row["synset"], row["base_object_id"], row["augmentation"])


def test_an_exported_nerf_finds_its_own_object_first(exported: Path, study: Study):
    for object_id in (study.ids[0], study.ids[-1]):
        answer = study.search(nerf=folder_of_object(exported, study, object_id), by="nf2vec", copies=True)
        assert answer.rows[0].id == object_id
        assert answer.rows[0].score == pytest.approx(1, abs=1e-6)


class Hostile:
    """Makes a file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.marker),)


@pytest.mark.parametrize("name", [WEIGHTS, GRID])
def test_a_hostile_pickle_is_an_error_and_runs_nothing(exported: Path, study: Study, tmp_path: Path, name: str):
    folder, marker = tmp_path / "nerf", tmp_path / "marker"
    folder.mkdir()
    good = folder_of_object(exported, study, study.ids[0])
    for file in (WEIGHTS, GRID):
        (folder / file).write_bytes((good / file).read_bytes())
    (folder / name).write_bytes(pickle.dumps(Hostile(marker)))
    with pytest.raises(InputError, match=name):
        study.search(nerf=folder)
    assert not marker.exists()
    pickle.loads((folder / name).read_bytes())  # it does what it is meant to do where it is opened
    assert marker.exists()
