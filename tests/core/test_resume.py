"""Resumable work: nothing is computed twice, whatever kills or grows the stage."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from fieldlink.core import checkpoints, digests, resume, source_code
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import NERF_EMBEDDINGS
from fieldlink.core.scratch import scratch_folder


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    return tmp_path / "scratch"


def double(items: list[str]) -> resume.Rows:
    """One row an item, its number doubled; item 3 is set aside."""
    kept = [item for item in items if item != "3"]
    return resume.Rows(
        {"object_id": kept, "embedding": np.array([[2.0 * int(item)] for item in kept]).reshape(-1, 1)},
        {item: "is three" for item in items if item == "3"},
    )


def run(items: str, seen: list[str] | None = None, key: str = "1", **options) -> resume.FinishedItems:
    def payload(chunk: list[str]) -> list[str]:
        if seen is not None:
            seen.extend(chunk)
        return chunk

    options = {"chunk": 2, "workers": 1} | options
    return resume.finish("demo", NERF_EMBEDDINGS, dict.fromkeys(items, key), payload, double, **options)


def rows(finished: resume.FinishedItems, per_shard: int = 64) -> list[tuple[str, float]]:
    found = [row for table in finished.tables(per_shard) for row in table.to_pylist()]
    return [(row["object_id"], row["embedding"][0]) for row in found]


def test_growth_computes_only_what_is_new():
    run("024")
    seen: list[str] = []
    assert rows(run("0124", seen)) == [("0", 0), ("1", 2), ("2", 4), ("4", 8)]
    assert seen == ["1"]


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_damaged_checkpoint_is_none(name, folder):
    checkpoint = checkpoints.Checkpoint("demo", "key", seconds=0.0)
    assert checkpoint.read() is None
    checkpoint.write_if_due(lambda: {"step": np.array([7])})
    assert checkpoints.Checkpoint("demo", "key").read() == {"step": [7]}
    (folder / "demo/checkpoint-key" / name).write_bytes(b"{")
    assert checkpoints.Checkpoint("demo", "key").read() is None


def test_another_key_computes_anew():
    run("02")
    seen: list[str] = []
    run("02", seen, key="2")
    assert seen == ["0", "2"]


def test_a_changed_items_old_rows_are_gone_though_its_neighbours_stay():
    run("02")

    def halve(items: list[str]) -> resume.Rows:
        return resume.Rows({"object_id": items, "embedding": np.array([[int(item) / 2] for item in items])})

    keys = {"0": "1", "2": "changed"}
    finished = resume.finish("demo", NERF_EMBEDDINGS, keys, lambda chunk: chunk, halve, chunk=2, workers=1)
    assert rows(finished) == [("0", 0), ("2", 1)]


def test_rows_do_not_depend_on_chunks_shards_or_workers(monkeypatch, tmp_path):
    whole = rows(run("012456789"))
    for number, (chunk, workers, per_shard) in enumerate([(1, 1, 2), (5, 2, 3)]):
        monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / f"other{number}"))
        assert rows(run("012456789", chunk=chunk, workers=workers), per_shard) == whole


def test_items_set_aside_are_kept_with_their_reason_and_not_tried_again():
    run("123")
    seen: list[str] = []
    finished = run("123", seen)
    assert seen == []
    assert finished.rejected_table("demo").to_pylist() == [{"stage": "demo", "id": "3", "reason": "is three"}]
    assert [name for name, _ in rows(finished)] == ["1", "2"]


def test_too_many_set_aside_is_an_error_that_names_them():
    finished = run("123")
    resume.check_rejected_share("demo", finished, most=0.34)
    with pytest.raises(InputError, match=r"1 of 3 set aside, at most 10% allowed \(3: is three\)"):
        resume.check_rejected_share("demo", finished, most=0.1)


def test_a_damaged_shard_is_computed_again(folder):
    run("0124")
    damaged = sorted((folder / "demo").glob("*.parquet"))[0]
    damaged.write_bytes(damaged.read_bytes()[:-20])
    seen: list[str] = []
    assert len(rows(run("0124", seen))) == 4
    assert len(seen) == 2


def test_a_second_writer_is_told_at_once():
    with resume._locked(_made(scratch_folder("demo"))), pytest.raises(InputError, match="busy"):
        run("0")


def _made(folder):
    folder.mkdir(parents=True)
    return folder


def test_killed_in_the_middle_it_goes_on_and_ends_with_the_same_rows(tmp_path, folder):
    script = tmp_path / "killed.py"
    script.write_text(
        textwrap.dedent("""
        import os, signal, sys
        sys.path.insert(0, sys.argv[1])
        import test_resume
        def payload(chunk):
            if "6" in chunk:
                os.kill(os.getpid(), signal.SIGKILL)
            return chunk
        test_resume.resume.finish("demo", test_resume.NERF_EMBEDDINGS, dict.fromkeys("012456", "1"), payload,
                                    test_resume.double, chunk=2, workers=1)
        """)
    )
    ended = subprocess.run([sys.executable, script, os.path.dirname(__file__)], check=False, env=os.environ)  # noqa: PTH120
    assert ended.returncode == -signal.SIGKILL
    seen: list[str] = []
    assert rows(run("012456", seen)) == [(item, 2.0 * int(item)) for item in "012456"]
    assert seen == ["5", "6"]


STAGE = {
    "stages/stage.py": "def stage():\n    from fieldlink.room import work\n    return resume.finish(work.work)\n",
    "fieldlink/room/__init__.py": '"""A package."""\n',
    "fieldlink/room/work.py": (
        "def work():\n    from fieldlink.room.deep import done\n    return run('fieldlink.room.reader')\n"
    ),
    "fieldlink/room/deep.py": "import fieldlink.core.seeds\nfrom stages.other import *\ndone = 1  # a comment\n",
    "fieldlink/room/reader.py": "done = 2\n",
    "fieldlink/room/unused.py": "done = 3\n",
    "fieldlink/core/seeds.py": "done = 4\n",
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
        ("fieldlink/core/seeds.py", "\nmore = 1\n", False),
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


@pytest.mark.parametrize(
    ("file", "read"),
    [
        ("stages/backbone/fit_nerfs.py", {"nerf/fitting/optimisation.py", "nerf/field.py", "scenes/visual_hull.py"}),
        ("stages/backbone/render_nerfs.py", {"nerf/rendering.py", "nerf/field.py"}),
        ("stages/backbone/embed_images.py", {"clip/encoders.py", "clip/model_folders.py"}),
        ("fieldlink/commands/import_nerfs.py", {"exchange/safe_unpickling.py"}),
    ],
)
def test_what_only_workers_import_is_code_of_the_stage(file, read):
    closure = {path.relative_to(source_code.ROOT) for path in source_code.closure(source_code.ROOT / file)}
    assert {Path("fieldlink", name) for name in read} <= closure


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
