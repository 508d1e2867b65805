"""The study's objects as tasks: what a source offers, its splits, and the augmented copies."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.scenes import catalogue, split_files, splits
from fieldlink.scenes.importers.listing import NO_SYNSET, ListedItem, Listing
from fieldlink.scenes.scene_sources import scene_source
from fieldlink.scenes.source_types import ObjectRow, ObjectTask


def object_listing(params: Params) -> Listing:
    """What the source offers and what it can't use; empty for the catalogue, whose objects are made."""
    listing_of, scenes = scene_source(params.scenes.source).listing, params.scenes
    if listing_of is None:
        return Listing()
    listing, published = listing_of(scenes.folder, params.classes), _published(params)
    return published.without_ambiguous(listing) if published else listing


def object_tasks(params: Params, listing: Listing) -> dict[str, ObjectTask]:
    """Tasks of all objects by id, copies included."""
    source, published = scene_source(params.scenes.source), _published(params)
    if source.listing is None:
        originals = _of_catalogue(params)
    else:
        ids = (item.object_id for item in listing.items)
        split_of = published.of(ids) if published else _split_by_id(params, listing, source.single_scenes)
        originals = _of_listing(params, listing, split_of)
    tasks = [task for original in originals for task in (original, *_copies(original))]
    return {task.row.object_id: task for task in tasks}


def _published(params: Params) -> split_files.PublishedSplit | None:
    splits_from = params.scenes.splits
    return None if splits_from == splits.OUR_CODE else split_files.read_split_files(splits_from)


def _of_catalogue(params: Params) -> list[ObjectTask]:
    tasks, seed, scenes = [], params.study.seed, params.scenes
    catalogue.check_classes(params.classes)
    for name in params.classes:
        for index in range(scenes.objects_per_class):
            split = splits.of_catalogue(name, index, seed, scenes.split)
            tasks.append(_task(params, f"{name}_{index:04d}", name, split, None))
    return tasks


def _of_listing(params: Params, listing: Listing, split_of: Mapping[str, str]) -> list[ObjectTask]:
    return [_task(params, item.object_id, item.class_name, split_of[item.object_id], item) for item in listing.items]


def _split_by_id(params: Params, listing: Listing, single_scenes: bool) -> dict[str, str]:
    members = defaultdict(list, {} if single_scenes else {name: [] for name in params.classes})
    for item in listing.items:
        members[item.class_name].append(item.object_id)
    try:
        return splits.of_imported(members, params.study.seed, params.scenes.split, few_are_test=single_scenes)
    except InputError as error:
        first = "; ".join([error.args[0], *list(listing.rejected.values())[:3]])
        raise InputError(
            f"{first} ({len(listing.rejected)} set aside, {len(listing.duplicates)} duplicates dropped)"
        ) from error


def _task(params: Params, object_id: str, class_name: str, split: str, item: ListedItem | None) -> ObjectTask:
    object_class = params.classes.get(class_name)
    synset, noun = (object_class.synset, object_class.noun) if object_class else (NO_SYNSET, "")
    row = ObjectRow(object_id, class_name, synset, split, params.scenes.source, object_id, 0)
    return ObjectTask(row, noun, params.study.seed, params.scenes, item)


def _copies(task: ObjectTask) -> list[ObjectTask]:
    """Copies A1, A2, … of an object, if `splits.of_copy` gives it any: other proportions, colours and cameras.

    Source: protocol 1.3.
    """
    copies = []
    for number in range(1, task.scenes.copies + 1):
        if task.item is not None and task.item.copies is not None and number not in task.item.copies:
            continue
        name = f"{task.row.object_id}.a{number}"
        if split := splits.of_copy(name, task.row.split, task.scenes.leak, task.seed):
            copies.append(replace(task, row=replace(task.row, object_id=name, split=split, augmentation=number)))
    return copies
