"""Faults of datasets, of finished work in the scratch folder, and of stored arrays."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from faults.case import Case

from fieldlink.core import arrays, datasets, resume, shard_files
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS

DAMAGED = "damaged, its digest differs; compute or import it again"
UNSEALED = "no digest in it: cut short, or written by other software or an earlier version of this one"
AGAIN = "everything else; `dvc repro` computes what is deleted"
GONE_ON = "all other finished work; the items are computed again"


def rows(ids: str, **changes) -> pa.Table:
    vectors = np.arange(2.0 * len(ids), dtype=np.float32).reshape(-1, 2)
    return datasets.table(NERF_EMBEDDINGS, {"object_id": list(ids), "embedding": vectors} | changes)


def written(folder: Path) -> Path:
    """A dataset of two shards."""
    datasets.write(folder / "set", NERF_EMBEDDINGS, [rows("ab"), rows("cd")], "test")
    return folder / "set"


def read_after(change: Callable[[Path], object], folder: Path) -> None:
    """Read the dataset after a change to its second shard."""
    change(written(folder) / "part-00001.parquet")
    datasets.read(folder / "set", NERF_EMBEDDINGS)


def flip(place: float, path: Path) -> None:
    """Flip a bit at a part of the way through a file."""
    data = bytearray(path.read_bytes())
    data[int(place * (len(data) - 1))] ^= 4
    path.write_bytes(data)


def rewritten(table: pa.Table, path: Path) -> None:
    """As another program writes Parquet."""
    pq.write_table(table, path)


def sealed(table: pa.Table, path: Path) -> None:
    """With a digest, though the rows break the schema's promise."""
    texts = {"schema": NERF_EMBEDDINGS.name, "producer": "test", "fingerprint": "x"}
    shard_files.write(path, table.replace_schema_metadata(), texts)


def objects(folder: Path, **changes) -> None:
    columns = {name: ["x"] for name in OBJECTS.columns} | {"augmentation": [0], "split": ["test"]} | changes
    path = folder / "objects" / "part-00000.parquet"
    path.parent.mkdir()
    shard_files.write(path, datasets.table(OBJECTS, columns), {"schema": "objects", "producer": "", "fingerprint": ""})
    datasets.read(folder / "objects", OBJECTS)


def domains(folder: Path) -> None:
    columns = {"owner_id": ["a"], "view": [0], "domain": ["foto"], "embedding": np.ones((1, 2))}
    datasets.write(folder / "set", IMAGE_EMBEDDINGS, [datasets.table(IMAGE_EMBEDDINGS, columns)], "test")
    datasets.read(folder / "set", IMAGE_EMBEDDINGS)


def work(items: list[str]) -> resume.Rows:
    return resume.Rows({"object_id": items, "embedding": np.ones((len(items), 2))})


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


def resumed(change: Callable[[Path], object], folder: Path) -> str:
    """What a second run computes after a change to one file of finished work."""
    finish()
    change(sorted((folder / "scratch" / "demo").glob("*.parquet"))[0])
    return f"computed again: {len(finish())} of 4"


def foreign(path: Path) -> None:
    path.with_name("holiday.parquet").write_bytes(b"PAR1 mine")
    path.with_name("table.parquet").mkdir()
    pq.write_table(pa.table({"a": [1]}), path.with_name("other.parquet"))


def stored(change: Callable[[Path], object], folder: Path) -> str:
    dataset = written(folder)
    array = arrays.store_column(dataset, NERF_EMBEDDINGS, "embedding", folder / "arrays")
    change(array.path)
    values = arrays.store_column(dataset, NERF_EMBEDDINGS, "embedding", folder / "arrays").open().ravel().tolist()
    return "as before" if values == [0, 1, 2, 3] * 2 else "other numbers"


def ids(folder: Path) -> None:
    datasets.rows_with_ids(written(folder), NERF_EMBEDDINGS, ["a", "z"])


def gap(folder: Path) -> None:
    datasets.write(folder / "set", NERF_EMBEDDINGS, [rows("a"), rows("b"), rows("c")], "test")
    (folder / "set" / "part-00001.parquet").unlink()
    datasets.read(folder / "set", NERF_EMBEDDINGS)


def extra(folder: Path) -> None:
    shutil.copy(written(folder) / "part-00001.parquet", folder / "set" / "part-00002.parquet")
    datasets.read(folder / "set", NERF_EMBEDDINGS)


def swapped(folder: Path) -> None:
    datasets.write(folder / "set", NERF_EMBEDDINGS, [rows("cd"), rows("ef")], "test")
    datasets.write(folder / "one", NERF_EMBEDDINGS, [rows("ab")], "test")
    shutil.copy(folder / "one" / "part-00000.parquet", folder / "set" / "part-00001.parquet")
    datasets.read(folder / "set", NERF_EMBEDDINGS)


NAN = rows("cd").set_column(1, "embedding", pa.FixedSizeListArray.from_arrays(pa.array([np.nan] * 4, pa.float32()), 2))
CHANGES: list[tuple[str, str, Callable[[Path], object]]] = [
    ("a bit is flipped in a shard's pages", DAMAGED, partial(flip, 0.2)),
    ("a bit is flipped in a shard's footer, among the key's statistics", DAMAGED, partial(flip, 0.7)),
    ("a bit is flipped in a shard's last bytes", DAMAGED, partial(flip, 1.0)),
    ("a shard is cut short", DAMAGED, lambda path: path.write_bytes(path.read_bytes()[:-40])),
    ("a shard is empty", UNSEALED, lambda path: path.write_bytes(b"")),
    ("another program wrote a shard", UNSEALED, partial(rewritten, rows("cd"))),
    ("another program wrote half of the rows", UNSEALED, partial(rewritten, rows("c"))),
    ("numbers are NaN", "embedding holds numbers that are not finite", partial(sealed, NAN)),
    ("rows are out of order", "keys must rise from row to row", partial(sealed, rows("cd").take([1, 0]))),
    ("a row stands there twice", "keys must rise from row to row", partial(sealed, rows("cd").take([0, 0]))),
    ("a shard begins before its forerunner ends", "keys must rise", partial(sealed, rows("bc"))),
    (
        "vectors are whole numbers",
        "expected vector",
        lambda path: sealed(pa.table({"object_id": ["c"], "embedding": [1]}), path),
    ),
    ("a column is missing", "columns ['embedding'] are missing", partial(sealed, rows("cd").select(["object_id"]))),
    ("the last shard is missing", "a shard of nerf_embeddings is missing or too many", Path.unlink),
    (
        "a shard is a broken link",
        "cannot be read",
        lambda path: (path.unlink(), path.symlink_to("nowhere")),
    ),
]
CASES = [
    *(Case("datasets", fault, seen, AGAIN, partial(read_after, change)) for fault, seen, change in CHANGES),
    Case("datasets", "a shard in the middle is missing", "missing or too many", AGAIN, gap),
    Case("datasets", "a shard stands there twice", "missing or too many", AGAIN, extra),
    Case("datasets", "a shard is another dataset's", "keys must rise", AGAIN, swapped),
    Case("datasets", "an id that is asked for has no rows", "no rows of 'z', expected all 2 ids", AGAIN, ids),
    Case("datasets", "a split is misspelt", "split holds ['tset']", AGAIN, partial(objects, split=["tset"])),
    Case("datasets", "a domain is misspelt", "domain holds ['foto']", AGAIN, domains),
    Case(
        "datasets",
        "a folder is no dataset",
        "no part-*.parquet, expected a dataset",
        AGAIN,
        lambda folder: datasets.read(folder, OBJECTS),
    ),
    Case(
        "datasets",
        "finished work has a flipped bit",
        "computed again: 2 of 4",
        GONE_ON,
        partial(resumed, partial(flip, 0.5)),
    ),
    Case(
        "datasets",
        "finished work is empty",
        "computed again: 2 of 4",
        GONE_ON,
        partial(resumed, lambda path: path.write_bytes(b"")),
    ),
    Case("datasets", "finished work is deleted", "computed again: 2 of 4", GONE_ON, partial(resumed, Path.unlink)),
    Case(
        "datasets",
        "foreign files lie among finished work",
        "computed again: 0 of 4",
        "all, the foreign files too",
        partial(resumed, foreign),
    ),
    Case(
        "datasets",
        "work gives an item neither rows nor a reason",
        "neither rows nor a reason",
        "all finished work",
        lambda _: finish(no_work),
    ),
    Case(
        "datasets",
        "a stored array has a flipped bit",
        "as before",
        "it is written anew",
        partial(stored, partial(flip, 0.3)),
    ),
    Case(
        "datasets",
        "a stored array is cut short",
        "as before",
        "it is written anew",
        partial(stored, lambda path: path.write_bytes(b"1")),
    ),
]
