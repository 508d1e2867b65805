"""Finished work of a long stage, kept by content: a killed stage goes on, a grown one computes only what is new.

Work is done in chunks of items (objects, photos). Each finished chunk is a shard in the stage's scratch folder that
knows its items' keys; a key digests all that decides an item's rows: code, parameters and inputs.
"""

import fcntl
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fieldlink.core import datasets
from fieldlink.core.cluster import Cluster
from fieldlink.core.digests import digest_of
from fieldlink.core.errors import InputError
from fieldlink.core.progress import progress
from fieldlink.core.schemas import REJECTED, Schema
from fieldlink.core.scratch import scratch_folder
from fieldlink.core.workers import map_in_workers

Payload = TypeVar("Payload")


@dataclass
class Rows:
    """What work on a chunk gives: the columns of its rows, and the items set aside with their reasons."""

    columns: dict[str, Any]
    rejected: dict[str, str] = field(default_factory=dict)


@dataclass
class FinishedItems:
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
) -> FinishedItems:
    """Do `work(payload(items))` for every item of `keys` that no earlier run has done; kill and rerun at any time.

    `work` runs in worker processes (`map_in_workers`), here or on a cluster, and sees nothing but its payload, so
    it must be a function of a room's module. Only a few chunks are in memory at a time.
    """
    folder = scratch_folder(stage)
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        done = _done(folder, keys)
        missing = sorted(item for item in keys if item not in done)
        chunks = [missing[start : start + chunk] for start in range(0, len(missing), chunk)]
        results = map_in_workers(work, (payload(items) for items in chunks), workers, cluster)
        bar = progress(range(len(keys)), stage, "items", initial=len(done))
        for items, rows in zip(chunks, results, strict=True):
            place = _keep(folder, schema, stage, {item: keys[item] for item in items}, rows)
            done.update({item: (place, rows.rejected.get(item)) for item in items})
            bar.update(len(items))
        bar.close()
    places = {item: place for item, (place, _) in done.items()}
    return FinishedItems(schema, places, {item: reason for item, (_, reason) in done.items() if reason is not None})


def check_rejected_share(stage: str, finished: FinishedItems, most: float) -> None:
    """Raise `InputError` if more than the share `most` of all items was set aside; name the first three."""
    count, total = len(finished.rejected), len(finished.places.keys() | finished.rejected.keys())
    if count > most * total:
        first = "; ".join(f"{item}: {reason}" for item, reason in sorted(finished.rejected.items())[:3])
        raise InputError(f"{count} of {total} set aside, at most {most:.0%} allowed ({first})")
    if count:
        print(f"{stage}: {count} of {total} set aside", file=sys.stderr)


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
    path = folder / f"{digest_of(keys)[:24]}.parquet"
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
