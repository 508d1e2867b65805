"""A collection's folder survives kills at any moment, and one process at a time changes it."""

import subprocess
import sys
from pathlib import Path

import pytest

from fieldlink.core.errors import InputError
from fieldlink.search.collection_folders import only_writer, put_back_unless_busy, swapped_in

KILLED = 9
SWAP = """
import os, sys
from pathlib import Path
from fieldlink.search.collection_folders import swapped_in
rename, left = Path.rename, int(sys.argv[2])
def counted(self, target):
    global left
    if not left:
        os._exit(9)
    left -= 1
    return rename(self, target)
Path.rename = counted
with swapped_in(Path(sys.argv[1])) as new:
    (new / "objects").write_text("new")
os._exit(9)
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "objects").write_text("old")
    return folder


def test_a_new_collection_takes_the_place_of_the_old_one(mine: Path):
    with swapped_in(mine) as new:
        (new / "objects").write_text("new")
        assert (mine / "objects").read_text() == "old"
    assert (mine / "objects").read_text() == "new"
    assert list(mine.parent.iterdir()) == [mine]


def test_an_exception_leaves_the_old_collection(mine: Path):
    with pytest.raises(OSError, match="full"), swapped_in(mine):
        raise OSError("full")
    assert (mine / "objects").read_text() == "old"
    assert list(mine.parent.iterdir()) == [mine]


@pytest.mark.parametrize(("renames", "content"), [(0, "old"), (1, "old"), (2, "new")])
def test_a_kill_after_any_step_loses_nothing(mine: Path, renames: int, content: str):
    killed = subprocess.run([sys.executable, "-c", SWAP, str(mine), str(renames)], check=False)
    assert killed.returncode == KILLED
    put_back_unless_busy(mine)
    assert (mine / "objects").read_text() == content
    with only_writer(mine), swapped_in(mine) as new:
        (new / "objects").write_text("newer")
    assert (mine / "objects").read_text() == "newer"
    assert sorted(path.name for path in mine.parent.iterdir()) == [".mine.lock", "mine"]


def test_a_second_writer_is_told_that_the_first_is_at_work(mine: Path):
    with only_writer(mine):
        with pytest.raises(InputError, match="mine: busy, another `fieldlink add` changes it"), only_writer(mine):
            pass
        with only_writer(mine.with_name("other")):
            pass
    with only_writer(mine):
        pass


def test_what_stands_aside_is_left_there_while_a_writer_works(mine: Path):
    with only_writer(mine):
        aside = mine.rename(mine.with_name(".mine.old"))
        put_back_unless_busy(mine)
        assert aside.is_dir()
    put_back_unless_busy(mine)
    assert (mine / "objects").read_text() == "old"
