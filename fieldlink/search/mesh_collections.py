"""A collection of a user's own: NeRFs of meshes without classes, in a folder of the project's datasets.

<folder>/collection.json                      the digests of the models that made its vectors
<folder>/objects, sources, views, nerfs       datasets; `sources` names the file of each object
<folder>/embeddings/nerfs, embeddings/views   vectors of nf2vec and of CLIP
<folder>/rejected                             meshes that can't be used, with reasons
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from fieldlink.core import datasets, digests, files, nested_tables, resume
from fieldlink.core.errors import InputError
from fieldlink.core.schemas import (
    IMAGE_EMBEDDINGS,
    NERF_EMBEDDINGS,
    NERFS,
    REJECTED,
    SOURCES,
    VIEWS,
    Schema,
)
from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.listing import ListedItem
from fieldlink.search.answers import Additions
from fieldlink.search.collection import UNLABELLED
from fieldlink.search.collection_folders import check_models, only_writer, put_back, swapped_in
from fieldlink.search.collection_sources import CollectionSources, content_of, path_text
from fieldlink.search.models import Models
from fieldlink.search.new_nerfs import NEW_NERFS, NewNerfsTask, mesh_task, new_nerfs
from fieldlink.search.paths import CollectionPaths

NAME = "add"
CHUNK = 8  # meshes of one task, whose NeRFs are fitted and saved together
OBJECTS_PER_SHARD = 64


def add_meshes(folder: Path, to: Path, models: Models, workers: int | None) -> Additions:
    """Fit NeRFs to all meshes below `folder`, and write the collection `to` anew with them, whole or not at all.

    `workers`: worker processes; None: this process. The scratch folder keeps finished NeRFs, so that a call after a
    stop goes on from there. Raises `InputError` if no mesh can be used, if `to` isn't a collection, or if another
    process changes it.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder, expected one with meshes")
    _check_collection(CollectionPaths(to), models)  # so that no lock is written beside any other folder
    with only_writer(to):
        return _add(folder, to, models, workers)


def _add(folder: Path, to: Path, models: Models, workers: int | None) -> Additions:
    paths = CollectionPaths(to)
    _check_collection(paths, models)  # again, because a collection may have come back from aside
    for dataset in (paths.sources, paths.rejected):
        put_back(dataset)
    listing = mesh_folder.unlabelled_listing(folder)
    items = CollectionSources(paths).sorted_items(listing.items, folder, models.params, workers)
    to_fit = items.new | items.changed
    new_nerf_rows = _fit(to_fit, folder, models, workers)
    rejected = {**listing.rejected, **listing.duplicates, **new_nerf_rows.rejected}
    usable = sorted(to_fit.keys() - new_nerf_rows.rejected.keys())
    if not usable and not items.unchanged:
        first = "; ".join(f"{name}: {reason}" for name, reason in sorted(rejected.items())[:3])
        raise InputError(f"{folder}: no mesh can be used ({first})")
    reasons = _reasons(paths.rejected, rejected, {*usable, *items.unchanged})
    if usable:
        _write(to, [to_fit[name] for name in usable], items.compared, new_nerf_rows, reasons, models)
    else:
        _write_notes(paths, items.compared, reasons)
    return Additions(
        [name for name in usable if name in items.new],
        [name for name in usable if name in items.changed],
        items.unchanged,
        rejected,
        new_nerf_rows.notes,
        listing.other_files,
    )


def _check_collection(paths: CollectionPaths, models: Models) -> None:
    """Raise `InputError` if a folder holds anything but a collection whose vectors are of these models."""
    folder = paths.folder
    if paths.description.is_file():
        check_models(folder, models.digests)
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder}: not a collection that `fieldlink add` wrote, expected one or a new folder")


def _fit(items: Mapping[str, ListedItem], folder: Path, models: Models, workers: int | None) -> resume.FinishedItems:
    """Rows of `NEW_NERFS` of all items."""
    params = models.params
    numbers = [params.nerf.model_dump(), params.scenes.views, params.scenes.resolution, params.runtime.precision]
    shared = digests.digest_of(digests.code_digest(__file__), models.digests, numbers, params.study.seed)
    return resume.finish(
        NAME,
        NEW_NERFS,
        {name: digests.digest_of(shared, name, content_of(item)) for name, item in items.items()},
        lambda ids: NewNerfsTask(
            [mesh_task(items[name], folder, params) for name in ids],
            models.paths.folder.resolve(),
            (*models.digests.values(), digests.file_digest(models.paths.params)),
        ),
        new_nerfs,
        chunk=CHUNK,
        workers=workers,
    )


def _write_notes(paths: CollectionPaths, compared: Sequence[ListedItem], reasons: pa.Table) -> None:
    """Write what a call without new objects tells: other contents of files, and other reasons."""
    if compared:
        tables = _merge(paths.sources, SOURCES, _sources(compared))
        with swapped_in(paths.sources) as temporary:
            datasets.write(temporary, SOURCES, tables, NAME)
    if not paths.rejected.is_dir() or datasets.read(paths.rejected, REJECTED).to_pylist() != reasons.to_pylist():
        with swapped_in(paths.rejected) as temporary:
            datasets.write(temporary, REJECTED, [reasons], NAME, may_be_empty=True)


def _write(
    to: Path,
    items: Sequence[ListedItem],
    compared: Sequence[ListedItem],
    new_nerf_rows: resume.FinishedItems,
    reasons: pa.Table,
    models: Models,
) -> None:
    """Write the collection with the new objects among the old ones. `compared`: old ones beside other files now."""
    old, ids = CollectionPaths(to), [item.object_id for item in items]

    def tables(folder: Path, schema: Schema, new: pa.Table) -> Iterator[pa.Table]:
        return _merge(folder if old.description.is_file() else None, schema, new)

    rows = pa.concat_tables(new_nerf_rows.tables())
    parts = {
        "objects": (UNLABELLED, _objects(ids)),
        "sources": (SOURCES, _sources([*items, *compared])),
        "views": (VIEWS, nested_tables.from_column(rows["views"])),
        "nerfs": (NERFS, rows.select(list(NERFS.columns))),
        "embeddings/nerfs": (NERF_EMBEDDINGS, rows.select(list(NERF_EMBEDDINGS.columns))),
        "embeddings/views": (IMAGE_EMBEDDINGS, nested_tables.from_column(rows["view_embeddings"])),
        "rejected": (REJECTED, reasons),
    }
    with swapped_in(to) as temporary:
        for name, (schema, new) in parts.items():
            rows_of_dataset = [new] if schema is REJECTED else tables(to / name, schema, new)
            datasets.write(temporary / name, schema, rows_of_dataset, NAME, may_be_empty=schema is REJECTED)
        text = json.dumps({"models": models.digests}, indent=2)
        files.write_text(CollectionPaths(temporary).description, f"{text}\n")


def _merge(old: Path | None, schema: Schema, new: pa.Table) -> Iterator[pa.Table]:
    """Old and new rows of a dataset in key order, in tables of `OBJECTS_PER_SHARD` objects.

    Old rows of objects that have new ones are left out.
    """
    key = schema.key[0]
    new_names = set(new[key].to_pylist())
    names = set(new_names)
    if old is not None:
        names |= {name for shard in datasets.shards(old, schema, [key]) for name in shard[key].to_pylist()}
    for start in range(0, len(names), OBJECTS_PER_SHARD):
        chunk = sorted(names)[start : start + OBJECTS_PER_SHARD]
        parts = [new.filter(pc.field(key).isin(chunk))]
        if old is not None:
            old_ids = [name for name in chunk if name not in new_names]
            parts.append(datasets.rows_with_ids(old, schema, old_ids, may_be_absent=True))
        columns = list(schema.columns)
        rows = pa.concat_tables([part.select(columns) for part in parts])
        yield rows.sort_by([(name, "ascending") for name in schema.key])


def _objects(ids: Sequence[str]) -> pa.Table:
    count = len(ids)
    columns = {
        "object_id": ids,
        "class_name": [None] * count,
        "synset": [None] * count,
        "split": [None] * count,
        "source": ["meshes"] * count,
        "base_object_id": ids,
        "augmentation": [0] * count,
        "caption": [None] * count,
    }
    return datasets.table(UNLABELLED, columns)


def _sources(items: Sequence[ListedItem]) -> pa.Table:
    columns = {
        "object_id": [item.object_id for item in items],
        "path": [path_text(item) for item in items],
        "content": [content_of(item) for item in items],
    }
    return datasets.table(SOURCES, columns)


def _reasons(old: Path, new: Mapping[str, str], ids: set[str]) -> pa.Table:
    """Rows of dataset `rejected`: new reasons, and old ones of other items. `ids`: of items that are usable now."""
    old_rows = datasets.read(old, REJECTED).to_pylist() if old.is_dir() else []
    reasons = {row["id"]: row["reason"] for row in old_rows if row["id"] not in ids} | dict(new)
    return resume.rejected_table(NAME, reasons)
