"""Faults of finished work in the scratch folder, and of stored arrays."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from children import child
from faults.case import Case
from faults.dataset_cases import flip, work, written

from fieldlink.core import arrays, resume
from fieldlink.core.schemas import NERF_EMBEDDINGS

GONE_ON = "all other finished work; the items are computed again"


def no_work(_: list[str]) -> resume.Rows:
    return resume.Rows({"object_id": [], "embedding": np.zeros((0, 2))})


def finish(function: Callable[[list[str]], resume.Rows] = work) -> list[str]:
    """Items that were computed, of four in chunks of two."""
    computed: list[str] = []
    keys = dict.fromkeys("abcd", "key")
    finished = resume.finish(
        "demo", NERF_EMBEDDINGS, keys, lambda items: computed.extend(items) or items, function, chunk=2, workers=1
    )
    assert sum(map(len, finished.tables())) == len(keys)
    return computed


def damage_work(change: Callable[[Path], object], folder: Path) -> None:
    """A change to one of two files of finished work."""
    finish()
    change(sorted((folder / "scratch" / "demo").glob("*.parquet"))[0])


def resumed(_: Path) -> str:
    return f"computed again: {len(finish())} of 4"


def add_foreign_files(path: Path) -> None:
    path.with_name("holiday.parquet").write_bytes(b"PAR1 mine")
    path.with_name("table.parquet").mkdir()
    pq.write_table(pa.table({"a": [1]}), path.with_name("other.parquet"))


def store(folder: Path) -> arrays.StoredArray:
    return arrays.store_column(folder / "set", NERF_EMBEDDINGS, "embedding", folder / "arrays")


def damage_array(change: Callable[[Path], object], folder: Path) -> None:
    written(folder)
    change(store(folder).path)


def stored(folder: Path) -> str:
    values = store(folder).open().ravel().tolist()
    return "as before" if values == [0, 1, 2, 3] * 2 else "other numbers"


def stored_by_two(folder: Path) -> str:
    """An array is stored while another process stores another one in the same folder, before each of its renamings."""
    rename, process = Path.replace, os.getpid()

    def late(path: Path, target: Path) -> Path:
        if os.getpid() == process:
            child(lambda: arrays.store_parts((1, 2, 2), iter([np.ones((1, 2, 2))]), folder))
        return rename(path, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", late)
        array = arrays.store_parts((1, 2, 2), iter([np.zeros((1, 2, 2))]), folder)
    return "its own" if not array.open().any() else "the other's"


WORK = [
    ("finished work has a flipped bit", partial(flip, 0.5)),
    ("finished work is empty", lambda path: path.write_bytes(b"")),
    ("finished work is deleted", Path.unlink),
]
ARRAYS = [
    ("a stored array has a flipped bit", partial(flip, 0.3)),
    ("a stored array is cut short", lambda path: path.write_bytes(b"1")),
]
CASES = [
    *(
        Case("datasets", fault, "computed again: 2 of 4", GONE_ON, resumed, partial(damage_work, change), anew=1)
        for fault, change in WORK
    ),
    Case(
        "datasets",
        "foreign files lie among finished work",
        "computed again: 0 of 4",
        "all, the foreign files too",
        resumed,
        partial(damage_work, add_foreign_files),
    ),
    Case(
        "datasets",
        "work gives an item neither rows nor a reason",
        "neither rows nor a reason",
        "all finished work",
        lambda _: finish(no_work),
        partial(damage_work, Path.unlink),
    ),
    *(
        Case("datasets", fault, "as before", "it is written anew", stored, partial(damage_array, change), anew=1)
        for fault, change in ARRAYS
    ),
    Case("datasets", "two stages store arrays in one folder at once", "its own", "both arrays", stored_by_two),
]
