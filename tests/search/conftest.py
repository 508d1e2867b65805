"""A collection of a user's own beside the tiny study."""

from pathlib import Path

import pytest
from search.meshes import box, collection_of

from fieldlink.search.finished_study import Study


@pytest.fixture(scope="session")
def meshes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two boxes, and a file that is no mesh."""
    folder = tmp_path_factory.mktemp("meshes")
    box(folder / "cube.off")
    box(folder / "below" / "board.off", height=0.2)
    (folder / "broken.obj").write_text("no mesh\n")
    return folder


@pytest.fixture(scope="session")
def mine(study: Study, meshes: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The tiny study with a collection of two boxes."""
    return collection_of(meshes, study, tmp_path_factory.mktemp("collection"))


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
