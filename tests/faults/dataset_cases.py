"""Faults of datasets."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from faults.case import Case

from fieldlink.core import datasets, resume, shard_files
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS

DAMAGED = "damaged, its digest differs; compute or import it again"
UNSEALED = "no digest in it: cut short, or written by other software or an earlier version of this one"
AGAIN = "everything else; `dvc repro` computes what is deleted"


def rows(ids: str, **changes) -> pa.Table:
    vectors = np.arange(2.0 * len(ids), dtype=np.float32).reshape(-1, 2)
    return datasets.table(NERF_EMBEDDINGS, {"object_id": list(ids), "embedding": vectors} | changes)


def written(folder: Path) -> Path:
    """A dataset of two shards."""
    datasets.write(folder / "set", NERF_EMBEDDINGS, [rows("ab"), rows("cd")], "test")
    return folder / "set"


def damage(change: Callable[[Path], object], folder: Path) -> None:
    """A change to the dataset's second shard."""
    change(written(folder) / "part-00001.parquet")


def read(folder: Path) -> None:
    datasets.read(folder / "set", NERF_EMBEDDINGS)


def flip(share: float, path: Path) -> None:
    """Flip a bit at a part of the way through a file."""
    data = bytearray(path.read_bytes())
    data[int(share * (len(data) - 1))] ^= 4
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


def read_objects(folder: Path) -> None:
    datasets.read(folder / "objects", OBJECTS)


def domains(folder: Path) -> None:
    columns = {"owner_id": ["a"], "view": [0], "domain": ["foto"], "embedding": np.ones((1, 2))}
    datasets.write(folder / "set", IMAGE_EMBEDDINGS, [datasets.table(IMAGE_EMBEDDINGS, columns)], "test")
    datasets.read(folder / "set", IMAGE_EMBEDDINGS)


def work(items: list[str]) -> resume.Rows:
    return resume.Rows({"object_id": items, "embedding": np.ones((len(items), 2))})


def ids(folder: Path) -> None:
    datasets.rows_with_ids(folder / "set", NERF_EMBEDDINGS, ["a", "z"])


def gap(folder: Path) -> None:
    datasets.write(folder / "set", NERF_EMBEDDINGS, [rows("a"), rows("b"), rows("c")], "test")
    (folder / "set" / "part-00001.parquet").unlink()


def extra(folder: Path) -> None:
    shutil.copy(written(folder) / "part-00001.parquet", folder / "set" / "part-00002.parquet")


def swapped(folder: Path) -> None:
    datasets.write(folder / "set", NERF_EMBEDDINGS, [rows("cd"), rows("ef")], "test")
    datasets.write(folder / "one", NERF_EMBEDDINGS, [rows("ab")], "test")
    shutil.copy(folder / "one" / "part-00000.parquet", folder / "set" / "part-00001.parquet")


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
SHARDS = [
    ("a shard in the middle is missing", "missing or too many", gap),
    ("a shard stands there twice", "missing or too many", extra),
    ("a shard is another dataset's", "keys must rise", swapped),
]
CASES = [
    *(Case("datasets", fault, seen, AGAIN, read, partial(damage, change)) for fault, seen, change in CHANGES),
    *(Case("datasets", fault, seen, AGAIN, read, inflict) for fault, seen, inflict in SHARDS),
    Case("datasets", "an id that is asked for has no rows", "no rows of 'z', expected all 2 ids", AGAIN, ids, written),
    Case(
        "datasets",
        "a split is misspelt",
        "split holds ['tset']",
        AGAIN,
        read_objects,
        partial(objects, split=["tset"]),
    ),
    Case("datasets", "a domain is misspelt", "domain holds ['foto']", AGAIN, domains),
    Case(
        "datasets",
        "a folder is no dataset",
        "no part-*.parquet, expected a dataset",
        AGAIN,
        lambda folder: datasets.read(folder, OBJECTS),
    ),
]
