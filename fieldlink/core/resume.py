"""Finished work of a long stage, kept by content: a killed stage goes on, a grown one computes only what is new.

Work is done in chunks of items (objects, photos). Each finished chunk is a shard in the stage's scratch folder that
knows its items' keys; a key digests all that decides an item's rows: code, parameters and inputs.
"""

import ast
import fcntl
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fieldlink.core import datasets, source_code
from fieldlink.core.cluster import Cluster
from fieldlink.core.errors import InputError
from fieldlink.core.progress import progress
from fieldlink.core.schemas import REJECTED, Schema
from fieldlink.core.scratch import scratch_folder
from fieldlink.core.workers import in_workers

Payload = TypeVar("Payload")


@dataclass
class Rows:
    """What work on a chunk gives: the columns of its rows, and the items set aside with their reasons."""

    columns: dict[str, Any]
    rejected: dict[str, str] = field(default_factory=dict)


@dataclass
class Finished:
    """All items' rows, in shards of the stage's scratch folder, and those set aside."""

    schema: Schema
    places: dict[str, Path]  # item → the shard that holds it
    rejected: dict[str, str]

    def tables(self, items_per_shard: int = 64) -> Iterator[pa.Table]:
        """The rows in key order, `items_per_shard` items a table, ready for `datasets.write`."""
        items = sorted(self.places.keys() - self.rejected.keys())
        for start in range(0, len(items), items_per_shard):
            wanted = items[start : start + items_per_shard]
            rows = pa.concat_tables(
                [self._rows(path, wanted) for path in sorted({self.places[item] for item in wanted})]
            )
            yield rows.sort_by([(name, "ascending") for name in self.schema.key])

    def _rows(self, path: Path, wanted: Sequence[str]) -> pa.Table:
        """A shard's rows of those wanted items that live in it: a changed item's old rows may lie in another."""
        own = [item for item in wanted if self.places[item] == path]
        return _only(datasets.read_shard(path, self.schema), self.schema, own)

    def rejected_table(self, stage: str) -> pa.Table:
        """The items set aside, as rows of dataset `rejected`."""
        ids = sorted(self.rejected)
        return datasets.table(
            REJECTED, {"stage": [stage] * len(ids), "id": ids, "reason": [self.rejected[item] for item in ids]}
        )


def finish(
    stage: str,
    schema: Schema,
    keys: Mapping[str, str],
    payload: Callable[[list[str]], Payload],
    work: Callable[[Payload], Rows],
    *,
    chunk: int,
    workers: int | None,
    cluster: Cluster | None = None,
) -> Finished:
    """Do `work(payload(items))` for every item of `keys` that no earlier run has done; kill and rerun at any time.

    `work` runs in worker processes (`in_workers`), here or on a cluster, and sees nothing but its payload, so
    it must be a function of a room's module. Only a few chunks are in memory at a time.
    """
    folder = scratch_folder(stage)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        done = _done(folder, keys)
        missing = sorted(item for item in keys if item not in done)
        chunks = [missing[start : start + chunk] for start in range(0, len(missing), chunk)]
        results = in_workers(work, (payload(items) for items in chunks), workers, cluster)
        bar = progress(range(len(keys)), stage, "items", initial=len(done))
        for items, rows in zip(chunks, results, strict=True):
            place = _keep(folder, schema, stage, {item: keys[item] for item in items}, rows)
            done.update({item: (place, rows.rejected.get(item)) for item in items})
            bar.update(len(items))
        bar.close()
    places = {item: place for item, (place, _) in done.items()}
    return Finished(schema, places, {item: reason for item, (_, reason) in done.items() if reason is not None})


def check_share(stage: str, finished: Finished, most: float) -> None:
    """Raise `InputError` if more than the share `most` of all items was set aside; name the first three."""
    count, total = len(finished.rejected), len(finished.places.keys() | finished.rejected.keys())
    if count > most * total:
        first = "; ".join(f"{item}: {reason}" for item, reason in sorted(finished.rejected.items())[:3])
        raise InputError(f"{count} of {total} set aside, at most {most:.0%} allowed ({first})")
    if count:
        print(f"{stage}: {count} of {total} set aside", file=sys.stderr)


class Checkpoint:
    """The state of one long computation, kept in a model folder now and then; `key` digests all that decides it."""

    def __init__(self, stage: str, key: str, seconds: float = 20.0) -> None:
        self.folder = scratch_folder(stage) / f"checkpoint-{key[:24]}"
        self.seconds, self.kept = seconds, time.monotonic()

    def read(self) -> dict[str, np.ndarray] | None:
        """The state last kept; none if there is none, or a damaged one."""
        try:
            return datasets.read_model(self.folder)[0]
        except InputError:
            return None

    def offer(self, state: Callable[[], Mapping[str, np.ndarray]]) -> None:
        """Keep `state()` if the last was kept `seconds` ago; also whole if killed in the middle."""
        if time.monotonic() - self.kept >= self.seconds:
            datasets.write_model(self.folder, state(), {})
            self.kept = time.monotonic()

    def drop(self) -> None:
        """What it was kept for is done."""
        shutil.rmtree(self.folder, ignore_errors=True)


def digest(*parts: Any) -> str:
    """sha256 of bytes, texts and JSON-like values: what an item's key is made of."""
    total = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else json.dumps(part, sort_keys=True, default=str).encode()
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()


def code_digest(stage: str) -> str:
    """Digest of the code that decides a row: the file of `stage` and every library file that it imports.

    `core` and the runner of stages are left out because they only move rows about. Parameters and seeds, which they
    hand on, belong in the key as values.
    """
    stage_file = Path(stage).resolve()
    files = sorted(path for path in source_code.closure(stage_file) if path == stage_file or _decides_rows(path))
    return digest(*[[str(path.relative_to(source_code.ROOT)), ast.dump(source_code.tree(path))] for path in files])


def _decides_rows(path: Path) -> bool:
    package, folder, *_ = path.relative_to(source_code.ROOT).parts
    return package == "fieldlink" and folder not in {"core", "commands"}


def _only(table: pa.Table, schema: Schema, items: Sequence[str]) -> pa.Table:
    return table.filter(pc.field(schema.key[0]).isin(pa.array(items, pa.string())))


def _done(folder: Path, keys: Mapping[str, str]) -> dict[str, tuple[Path, str | None]]:
    """Items whose key is found in a readable shard, with that shard and the reason if they were set aside."""
    done = {}
    for path in sorted(folder.glob("*.parquet")):
        try:
            metadata = pq.read_metadata(path).metadata or {}
        except (OSError, pa.ArrowException):
            path.unlink()  # damaged: its items are computed again
            continue
        rejected = json.loads(metadata[b"rejected"])
        for item, key in json.loads(metadata[b"keys"]).items():
            if keys.get(item) == key:
                done[item] = (path, rejected.get(item))
    return done


def _keep(folder: Path, schema: Schema, stage: str, keys: dict[str, str], rows: Rows) -> Path:
    path = folder / f"{digest(keys)[:24]}.parquet"
    extra = {"keys": json.dumps(keys), "rejected": json.dumps(rows.rejected)}
    datasets.write_shard(path, schema, datasets.table(schema, rows.columns), stage, extra)
    return path


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer at a time; a second one is told at once."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"{folder}: busy, another run of this stage is writing; wait for it or stop it") from error
        yield
