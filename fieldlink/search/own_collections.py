"""A collection of a user's own: NeRFs of meshes without classes, in a folder of the project's datasets.

<folder>/collection.json                      the digests of the models that made its vectors
<folder>/objects, sources, views, nerfs       datasets; `sources` names the file of each object
<folder>/embeddings/nerfs, embeddings/views   vectors of nf2vec and of CLIP
<folder>/rejected                             meshes that can't be used, with reasons
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from fieldlink.scenes.importers.item_ids import with_digest
from fieldlink.scenes.importers.listing import ListedItem
from fieldlink.search.collection import UNLABELLED, check_models
from fieldlink.search.models import Models
from fieldlink.search.new_nerfs import NEW_NERFS, NewNerfsTask, mesh_task, new_nerfs
from fieldlink.search.places import CollectionPlaces

NAME = "add"
CHUNK = 8  # meshes of one task, whose NeRFs are fitted and saved together
OBJECTS_PER_SHARD = 64


@dataclass(frozen=True)
class Additions:
    """The objects that a folder of meshes adds to a collection."""

    ids: Sequence[str]
    unchanged: Sequence[str]  # ids of the objects that are in it already, from the same files
    rejected: Mapping[str, str]


def add_meshes(folder: Path, to: Path, models: Models, workers: int | None) -> Additions:
    """Fit NeRFs to all meshes below `folder`, and write the collection `to` anew with them, whole or not at all.

    `workers`: worker processes; None: this process. The scratch folder keeps finished NeRFs, so that a call after a
    stop goes on from there. Raises `InputError` if no mesh can be used, or if `to` isn't a collection.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder, expected one with meshes")
    ids_by_content = _ids_by_content(to, models)
    listing = mesh_folder.unlabelled_listing(folder)
    items, unchanged = _new_items(listing.items, ids_by_content, folder)
    new_nerf_rows = _fit(items, folder, models, workers)
    rejected = {**listing.rejected, **listing.duplicates, **new_nerf_rows.rejected}
    ids = sorted(items.keys() - new_nerf_rows.rejected.keys())
    if not ids and not unchanged:
        first = "; ".join(f"{name}: {reason}" for name, reason in sorted(rejected.items())[:3])
        raise InputError(f"{folder}: no mesh can be used ({first})")
    if ids:
        _write(to, [items[name] for name in ids], new_nerf_rows, rejected, models)
    return Additions(ids, unchanged, rejected)


def _ids_by_content(to: Path, models: Models) -> dict[str, str]:
    """Ids of the objects in a collection, by the digests of their files; empty where there is no collection yet."""
    places = CollectionPlaces(to)
    if not places.description.is_file():
        if to.exists() and (not to.is_dir() or any(to.iterdir())):
            raise InputError(f"{to}: not a collection that `fieldlink add` wrote, expected one or a new folder")
        return {}
    check_models(to, models.digests)
    rows = datasets.read(places.sources, SOURCES)
    return dict(zip(rows["content"].to_pylist(), rows["object_id"].to_pylist(), strict=True))


def _new_items(
    items: Sequence[ListedItem], ids_by_content: Mapping[str, str], folder: Path
) -> tuple[dict[str, ListedItem], list[str]]:
    """Items that are not in a collection, by id, and ids of the others."""
    old_ids, new, unchanged = set(ids_by_content.values()), dict[str, ListedItem](), list[str]()
    for item in items:
        content = _content(item)
        if content in ids_by_content:
            unchanged.append(ids_by_content[content])
            continue
        name = item.object_id
        if name in old_ids:  # another file of this name
            name = with_digest(f"{name}.{content[:8]}", item.path.relative_to(folder))
        new[name] = replace(item, object_id=name)
    return new, unchanged


def _content(item: ListedItem) -> str:
    return digests.digest_of(item.content, item.companions, item.up)


def _fit(items: Mapping[str, ListedItem], folder: Path, models: Models, workers: int | None) -> resume.FinishedItems:
    """Rows of `NEW_NERFS` of all items."""
    params = models.params
    numbers = [params.nerf.model_dump(), params.scenes.views, params.scenes.resolution, params.runtime.precision]
    shared = digests.digest_of(digests.code_digest(__file__), models.digests, numbers, params.study.seed)
    return resume.finish(
        NAME,
        NEW_NERFS,
        {name: digests.digest_of(shared, name, _content(item)) for name, item in items.items()},
        lambda ids: NewNerfsTask(
            [mesh_task(items[name], folder, params) for name in ids],
            models.places.folder.resolve(),
            (*models.digests.values(), digests.file_digest(models.places.params)),
        ),
        new_nerfs,
        chunk=CHUNK,
        workers=workers,
    )


def _write(
    to: Path,
    items: Sequence[ListedItem],
    new_nerf_rows: resume.FinishedItems,
    rejected: Mapping[str, str],
    models: Models,
) -> None:
    """Write the collection with the new objects among the old ones."""
    old, ids = CollectionPlaces(to), [item.object_id for item in items]

    def tables(folder: Path, schema: Schema, new: pa.Table) -> Iterator[pa.Table]:
        return _merge(folder if old.description.is_file() else None, schema, new)

    rows = pa.concat_tables(new_nerf_rows.tables())
    parts = {
        "objects": (UNLABELLED, _objects(ids)),
        "sources": (SOURCES, _sources(items)),
        "views": (VIEWS, nested_tables.from_column(rows["views"])),
        "nerfs": (NERFS, rows.select(list(NERFS.columns))),
        "embeddings/nerfs": (NERF_EMBEDDINGS, rows.select(list(NERF_EMBEDDINGS.columns))),
        "embeddings/views": (IMAGE_EMBEDDINGS, nested_tables.from_column(rows["view_embeddings"])),
        "rejected": (REJECTED, _reasons(old.folder / "rejected", rejected, set(ids))),
    }
    with files.replacing(to) as temporary:
        for name, (schema, new) in parts.items():
            rows_of_dataset = [new] if schema is REJECTED else tables(to / name, schema, new)
            datasets.write(temporary / name, schema, rows_of_dataset, NAME, may_be_empty=schema is REJECTED)
        text = json.dumps({"models": models.digests}, indent=2)
        files.write_text(CollectionPlaces(temporary).description, f"{text}\n")


def _merge(old: Path | None, schema: Schema, new: pa.Table) -> Iterator[pa.Table]:
    """Old and new rows of a dataset in key order, in tables of `OBJECTS_PER_SHARD` objects."""
    key = schema.key[0]
    names = set(new[key].to_pylist())
    if old is not None:
        names |= {name for shard in datasets.shards(old, schema, [key]) for name in shard[key].to_pylist()}
    for start in range(0, len(names), OBJECTS_PER_SHARD):
        chunk = sorted(names)[start : start + OBJECTS_PER_SHARD]
        parts = [new.filter(pc.field(key).isin(chunk))]
        if old is not None:
            parts.append(datasets.rows_with_ids(old, schema, chunk, may_be_absent=True))
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
        "path": [str(item.path.resolve()) for item in items],
        "content": [_content(item) for item in items],
    }
    return datasets.table(SOURCES, columns)


def _reasons(old: Path, new: Mapping[str, str], ids: set[str]) -> pa.Table:
    """Rows of dataset `rejected`: new reasons, and old ones of other items. `ids`: of items that are usable now."""
    old_rows = datasets.read(old, REJECTED).to_pylist() if old.is_dir() else []
    reasons = {row["id"]: row["reason"] for row in old_rows if row["id"] not in ids} | dict(new)
    names = sorted(reasons)
    return datasets.table(REJECTED, {"stage": [NAME] * len(names), "id": names, "reason": [*map(reasons.get, names)]})
