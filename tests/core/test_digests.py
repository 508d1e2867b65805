"""The digest of code changes with the code that a stage runs, and with nothing else."""

import os
import subprocess
import sys

import pytest

from fieldlink.core import digests, source_code

STAGE = {
    "stages/stage.py": "def stage():\n    from fieldlink.room import work\n    return resume.finish(work.work)\n",
    "fieldlink/room/__init__.py": '"""A package."""\n',
    "fieldlink/room/work.py": (
        "def work():\n    from fieldlink.room.deep import done\n    return run('fieldlink.room.reader')\n"
    ),
    "fieldlink/room/deep.py": "import fieldlink.core.seeds\nfrom stages.other import *\ndone = 1  # a comment\n",
    "fieldlink/room/reader.py": "done = 2\n",
    "fieldlink/room/unused.py": "done = 3\n",
    "fieldlink/core/seeds.py": "import fieldlink.core.files\ndone = 4\n",
    "fieldlink/core/files.py": "done = 4\n",
    "stages/other.py": "done = 5\n",
}


@pytest.mark.parametrize(
    ("file", "change", "other"),
    [
        ("stages/stage.py", "\nmore = 1\n", True),
        ("fieldlink/room/work.py", "\nmore = 1\n", True),
        ("fieldlink/room/deep.py", "\nmore = 1\n", True),  # only a worker imports it
        ("fieldlink/room/reader.py", "\nmore = 1\n", True),  # only another process runs it
        ("fieldlink/room/deep.py", "\n# more words\n", False),
        ("fieldlink/room/unused.py", "\nmore = 1\n", False),
        ("fieldlink/core/seeds.py", "\nmore = 1\n", True),  # draws depend on it
        ("fieldlink/core/files.py", "\nmore = 1\n", False),  # it only moves rows
        ("stages/other.py", "\nmore = 1\n", False),
    ],
)
def test_the_digest_is_of_all_code_that_workers_run_wherever_it_is_imported(tmp_path, monkeypatch, file, change, other):
    monkeypatch.setattr(source_code, "ROOT", tmp_path)
    for name, text in STAGE.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    before = digests.code_digest(str(tmp_path / "stages/stage.py"))
    with (tmp_path / file).open("a") as end:
        end.write(change)
    for cached in (source_code.tree, source_code.imports):
        cached.cache_clear()
    assert (digests.code_digest(str(tmp_path / "stages/stage.py")) != before) == other


def test_the_digest_is_the_same_whatever_way_leads_to_the_checkout(tmp_path):
    (tmp_path / "linked").symlink_to(source_code.ROOT)
    line = (
        "from stages.backbone import fit_nerfs; from fieldlink.core import digests;"
        "print(digests.code_digest(fit_nerfs.__file__), fit_nerfs.__file__)"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "linked")}
    said = subprocess.check_output([sys.executable, "-c", line], cwd=tmp_path, env=environment, text=True).split()
    assert said[1].startswith(str(tmp_path / "linked"))
    assert said[0] == digests.code_digest(str(source_code.ROOT / "stages/backbone/fit_nerfs.py"))


@pytest.mark.parametrize("name", sorted(digests.CORE_WITH_NUMBERS))
def test_files_of_the_core_that_make_numbers_are_there(name):
    assert (source_code.ROOT / "fieldlink/core" / name).is_file()
