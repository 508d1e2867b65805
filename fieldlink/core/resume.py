"""Resumable work: a killed stage goes on where it was, and a stage with new items computes only these.

Work is done in chunks of items (objects, photos). Each finished chunk is a shard in the stage's scratch folder, with
its items' keys in the metadata. A key is a digest of all that an item's rows depend on: code, parameters and inputs.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar, runtime_checkable

import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core import datasets, shard_files
from fieldlink.core.cluster import Cluster
from fieldlink.core.digests import digest_of
from fieldlink.core.errors import InputError, valid_text
from fieldlink.core.file_locks import only_holder
from fieldlink.core.params import RuntimeParams
from fieldlink.core.progress import progress
from fieldlink.core.schemas import REJECTED, Schema
from fieldlink.core.scratch import scratch_folder
from fieldlink.core.workers import map_in_workers

Payload = TypeVar("Payload")
MOST_BYTES = 2**30  # of a table; a column of Arrow's holds 2**31


class _Finished(NamedTuple):
    """An item whose work is finished."""

    shard: Path
    size: int  # bytes of its rows
    reason: str | None = None  # why it was rejected
    note: str | None = None


@runtime_checkable
class KeyedTask(Protocol):
    """An item's part of the work, which knows its own key."""

    def key(self, code: str) -> str: ...


Task = TypeVar("Task", bound=KeyedTask)


@dataclass
class Rows:
    """Result of a chunk: columns of its rows, the reason of each rejected item, and notes on others for the user."""

    columns: dict[str, Any]
    rejected: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass
class FinishedItems:
    """All items' rows, in shards of the stage's scratch folder."""

    schema: Schema
    shards: dict[str, Path]  # item → the shard that holds its rows
    rejected: dict[str, str]  # item → reason
    notes: dict[str, str] = field(default_factory=dict)  # item → what the user should know of it
    sizes: dict[str, int] = field(default_factory=dict)  # item → bytes of its rows

    def tables(self, items_per_shard: int = 64, most_bytes: int = MOST_BYTES) -> Iterator[pa.Table]:
        """The rows in key order, those of `items_per_shard` items per table, for `datasets.write`.

        Items of more than `most_bytes` come in several tables.
        """
        all_items = sorted(self.shards.keys() - self.rejected.keys())
        for start in range(0, len(all_items), items_per_shard):
            yield from self._tables(all_items[start : start + items_per_shard], most_bytes)

    def _tables(self, items: Sequence[str], most_bytes: int) -> Iterator[pa.Table]:
        if len(items) > 1 and sum(self.sizes.get(item, 0) for item in items) > most_bytes:
            half = len(items) // 2
            yield from self._tables(items[:half], most_bytes)
            yield from self._tables(items[half:], most_bytes)
            return
        rows = pa.concat_tables([self._rows(path, items) for path in sorted({self.shards[item] for item in items})])
        yield rows.sort_by([(name, "ascending") for name in self.schema.key])

    def _rows(self, path: Path, items: Sequence[str]) -> pa.Table:
        """Rows of those `items` that belong to a shard; it may also hold old rows of an item that changed."""
        here = pa.array([item for item in items if self.shards[item] == path], pa.string())
        return datasets.read_shard(path, self.schema).filter(pc.field(self.schema.key[0]).isin(here))

    def rejected_table(self, stage: str) -> pa.Table:
        """The rejected items, as rows of dataset `rejected`."""
        return rejected_table(stage, self.rejected)


def rejected_table(stage: str, reasons: Mapping[str, str]) -> pa.Table:
    """Rows of dataset `rejected`, from reasons by id. Names of files that aren't UTF-8 have their bytes written out."""
    ids = sorted(reasons)
    columns = {"stage": [stage] * len(ids), "id": ids, "reason": [valid_text(reasons[item]) for item in ids]}
    return datasets.table(REJECTED, columns)


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
    """Run `work(payload(items))` on chunks of the items in `keys`, apart from those that an earlier run finished.

    `keys`: item → its key. `work` runs in worker processes or on a cluster (`workers.map_in_workers`), so it must be
    a function of a module of the library. Only a few chunks are in memory at a time. Raises `InputError` while another
    run of the stage is writing.
    """
    folder = scratch_folder(stage)
    folder.mkdir(parents=True, exist_ok=True)
    busy = f"{folder}: busy, another run of this stage is writing; wait for it or stop it"
    with only_holder(folder / "lock", busy):
        finished = _finished(folder, schema, keys)
        missing = sorted(item for item in keys if item not in finished)
        chunks = [missing[start : start + chunk] for start in range(0, len(missing), chunk)]
        results = map_in_workers(work, (payload(items) for items in chunks), workers, cluster)
        bar = progress(range(len(keys)), stage, "items", initial=len(finished))
        for items, rows in zip(chunks, results, strict=True):
            finished |= _write(folder, schema, stage, {item: keys[item] for item in items}, rows)
            bar.update(len(items))
        bar.close()
    shards = {item: state.shard for item, state in finished.items()}
    rejected = {item: state.reason for item, state in finished.items() if state.reason is not None}
    notes = {item: state.note for item, state in finished.items() if state.note}
    return FinishedItems(schema, shards, rejected, notes, {item: state.size for item, state in finished.items()})


def finish_tasks(
    stage: str,
    schema: Schema,
    tasks: Mapping[str, Task],
    work: Callable[[list[Task]], Rows],
    *,
    code: str,
    chunk: int,
    runtime: RuntimeParams,
) -> FinishedItems:
    """As `finish`, where the payload of items is their tasks; `code`: digest of the code that does the work."""
    keys = {item: task.key(code) for item, task in tasks.items()}
    workers, cluster = runtime.workers, runtime.cluster
    return finish(
        stage,
        schema,
        keys,
        lambda items: [tasks[item] for item in items],
        work,
        chunk=chunk,
        workers=workers,
        cluster=cluster,
    )


def check_rejected_share(stage: str, finished: FinishedItems, most: float) -> None:
    """Raise `InputError`, with the first three reasons, if more than the share `most` of all items was rejected."""
    count, total = len(finished.rejected), len(finished.shards.keys() | finished.rejected.keys())
    if count > most * total:
        first = "; ".join(f"{item}: {reason}" for item, reason in sorted(finished.rejected.items())[:3])
        raise InputError(f"{count} of {total} set aside, at most {most:.0%} allowed ({first})")
    if count:
        print(f"{stage}: {count} of {total} set aside", file=sys.stderr)


def _finished(folder: Path, schema: Schema, keys: Mapping[str, str]) -> dict[str, _Finished]:
    """Items whose key is in a whole shard.

    Damaged and foreign files are passed over. A new shard of their name replaces them.
    """
    finished = {}
    for path in sorted(folder.glob("*.parquet")):
        try:
            texts = shard_files.open_file(path).texts
            state = {name: json.loads(texts[name]) for name in ("keys", "rejected", "notes", "sizes")}
        except (InputError, KeyError):
            continue
        if texts["schema"] == schema.name:
            here = [item for item, key in state["keys"].items() if keys.get(item) == key]
            finished |= _items_of_shard(path, here, state["sizes"], state["rejected"], state["notes"])
    return finished


def _items_of_shard(
    shard: Path, items: Iterable[str], sizes: Mapping[str, int], rejected: Mapping[str, str], notes: Mapping[str, str]
) -> dict[str, _Finished]:
    return {item: _Finished(shard, sizes.get(item, 0), rejected.get(item), notes.get(item)) for item in items}


def _write(folder: Path, schema: Schema, stage: str, keys: dict[str, str], rows: Rows) -> dict[str, _Finished]:
    missing = sorted(keys.keys() - set(rows.columns[schema.key[0]]) - rows.rejected.keys())
    if missing:
        raise InputError(f"{missing[0]}: neither rows nor a reason for none ({len(missing)} of {len(keys)} items)")
    path = folder / f"{digest_of(keys)[:24]}.parquet"
    table = datasets.table(schema, rows.columns)
    sizes = {item: of_item.nbytes for item, of_item in datasets.groups_by_key(table, schema.key[0])}
    state = {"keys": keys, "rejected": rows.rejected, "notes": rows.notes, "sizes": sizes}
    datasets.write_shard(path, schema, table, stage, {name: json.dumps(value) for name, value in state.items()})
    return _items_of_shard(path, keys, sizes, rows.rejected, rows.notes)
