"""Resumable work: nothing is computed twice, whatever kills or grows the stage."""

import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from fieldlink.core import resume
from fieldlink.core.errors import InputError
from fieldlink.core.file_locks import only_holder
from fieldlink.core.schemas import NERF_EMBEDDINGS
from fieldlink.core.scratch import scratch_folder


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FIELDLINK_SCRATCH", str(tmp_path / "scratch"))
    return tmp_path / "scratch"


def double(items: list[str]) -> resume.Rows:
    """One row an item, its number doubled; item 3 is set aside."""
    usable = [item for item in items if item != "3"]
    return resume.Rows(
        {"object_id": usable, "embedding": np.array([[2.0 * int(item)] for item in usable]).reshape(-1, 1)},
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
    finished_rows = [row for table in finished.tables(per_shard) for row in table.to_pylist()]
    return [(row["object_id"], row["embedding"][0]) for row in finished_rows]


def test_growth_computes_only_what_is_new():
    run("024")
    seen: list[str] = []
    assert rows(run("0124", seen)) == [("0", 0), ("1", 2), ("2", 4), ("4", 8)]
    assert seen == ["1"]


def test_large_items_come_in_several_tables_whatever_chunks_they_were_computed_in():
    """A row has a digit, its offset of 4 bytes, and one float."""
    run("024")
    finished = run("01245678")
    (size,) = set(finished.sizes.values())
    parts = [[row["object_id"] for row in table.to_pylist()] for table in finished.tables(6, most_bytes=2 * size)]
    assert parts == [["0"], ["1", "2"], ["4"], ["5", "6"], ["7", "8"]]
    assert len(list(finished.tables(6, most_bytes=6 * size))) == 2


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
    with only_holder(_made(scratch_folder("demo")) / "lock", ""), pytest.raises(InputError, match="busy"):
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
