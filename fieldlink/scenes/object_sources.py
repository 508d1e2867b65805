"""The sources of objects behind one face: what each offers, which splits and copies that gives, and their views.

To add a source: a module with `listing(folder, classes) -> Listing` and a reader of one object, an entry in `LISTINGS`
and a case in `views_of`, and its name in `params.Scenes`.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import pyarrow as pa

from fieldlink.core import datasets, schemas
from fieldlink.core.digests import digest_of
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params, ScenesParams
from fieldlink.core.resume import Rows
from fieldlink.core.seeds import seed_of
from fieldlink.scenes import augmentation, cameras, catalogue, split_files, splits, views
from fieldlink.scenes.importers import blender, caption_file, disn, imported_nerfs, mesh_folder, shapenet
from fieldlink.scenes.importers.listing import NO_SYNSET, ListedItem, Listing, check_in_catalogue
from fieldlink.scenes.meshes import Mesh
from fieldlink.scenes.ray_casting import render
from fieldlink.scenes.views import Views

LISTINGS = {
    "meshes": mesh_folder.listing,
    "shapenet": shapenet.listing,
    "disn": disn.listing,
    "blender": blender.listing,
    "nerfs": imported_nerfs.listing,
}
SINGLE_SCENES = ("disn", "blender", "nerfs")  # may come with too few objects to be split: those are there to be fitted


@dataclass(frozen=True)
class ObjectRow:
    """A row of dataset `objects`, its caption aside."""

    object_id: str
    class_name: str
    synset: str
    split: str
    source: str
    base_object_id: str
    augmentation: int


@dataclass(frozen=True)
class ObjectTask:
    """All that decides the views of one object."""

    object: ObjectRow
    noun: str
    seed: int  # the study's
    scenes: ScenesParams
    found: ListedItem | None  # None: of the catalogue

    def key(self, code: str) -> str:
        """Digest of what the views depend on; the split is not among it."""
        parts = [self.object.object_id, self.object.class_name, self.object.source, self.seed]
        inputs = [self.found.content, self.found.beside, self.found.up] if self.found else []
        return digest_of(code, *parts, self.scenes.views, self.scenes.resolution, *inputs)


def offered(params: Params) -> tuple[dict[str, ObjectTask], Listing]:
    """What the source gives, copies of training objects included, by object id; and what it can't use."""
    scenes = params.scenes
    if scenes.source == "catalogue":
        originals, listing = _of_catalogue(params), Listing()
    else:
        listing = LISTINGS[scenes.source](scenes.folder, params.classes)
        published = None if scenes.splits == splits.OUR_CODE else split_files.read_split_files(scenes.splits)
        listing = published.without_ambiguous(listing) if published else listing
        originals = _imported(params, listing, published)
    tasks = [task for original in originals for task in (original, *_copies(original))]
    return {task.object.object_id: task for task in tasks}, listing


def work(tasks: list[ObjectTask]) -> Rows:
    """Rows of dataset `views` of some objects; one that can't be read is set aside with its reason."""
    parts, rejected = [], {}
    for task in tasks:
        try:
            parts.append(views.columns(task.object.object_id, views_of(task)))
        except InputError as error:
            rejected[task.object.object_id] = str(error)
    return Rows(views.joined(parts), rejected)


def views_of(task: ObjectTask) -> Views:
    """The views of one object: rendered from its mesh, or read."""
    one, scenes = task.object, task.scenes
    copy_seed = seed_of(task.seed, "copy", one.object_id)
    if task.found is not None and one.source == "nerfs":  # copies are fitted NeRFs too
        return imported_nerfs.read(task.found.path, one.object_id, scenes.views, scenes.resolution)
    if task.found is not None and one.source in SINGLE_SCENES:
        read = disn.read if one.source == "disn" else blender.read
        original = read(task.found.path, scenes.views, scenes.resolution)
        return augmentation.copy_of_views(original, copy_seed) if one.augmentation else original
    model = _mesh(one.source, task.found) if task.found else made(task).model
    model = augmentation.copy_of_model(model, copy_seed) if one.augmentation else model
    poses = cameras.disn_poses(seed_of(task.seed, "views", one.object_id), scenes.views)
    return render(model, poses, cameras.DISN_ANGLE, scenes.resolution)


def _mesh(source: str, found: ListedItem) -> Mesh:
    return shapenet.read(found.path) if source == "shapenet" else mesh_folder.read(found.path, found.up)


def made(task: ObjectTask) -> catalogue.CatalogueObject:
    """The catalogue's object that a task is about, or is a copy of."""
    one = task.object
    return catalogue.make(one.class_name, task.noun, seed_of(task.seed, "object", one.base_object_id))


def table(tasks: Iterable[ObjectTask]) -> pa.Table:
    """Rows of dataset `objects`."""
    tasks = list(tasks)
    columns = {name: [asdict(task.object)[name] for task in tasks] for name in asdict(tasks[0].object)}
    said = _captions([task for task in tasks if not task.object.augmentation])
    captions = [said.get(task.object.object_id) for task in tasks]
    return datasets.table(schemas.OBJECTS, {**columns, "caption": captions})


def _captions(originals: list[ObjectTask]) -> dict[str, str]:
    """By id, from a file or of the catalogue. A copy has none: its colours are others than they say."""
    ids, file = [task.object.object_id for task in originals], originals[0].scenes.captions if originals else None
    if file and file != caption_file.OUR_CODE:
        return caption_file.read_captions(file, set(ids))
    return {name: made(task).caption for name, task in zip(ids, originals, strict=True) if task.found is None}


def check_filled(tasks: Iterable[ObjectTask], params: Params) -> None:
    """Raise `InputError` if a class has no object left in some split, now that what can't be read is gone."""
    if params.scenes.source in SINGLE_SCENES:
        return
    filled = {(task.object.class_name, task.object.split) for task in tasks}
    for class_name, split in itertools.product(params.classes, splits.SPLITS):
        if (class_name, split) not in filled:
            raise InputError(f"class {class_name}: no {split} object, at least one expected; are there too few?")


def _of_catalogue(params: Params) -> list[ObjectTask]:
    tasks, seed, scenes = [], params.study.seed, params.scenes
    check_in_catalogue(params.classes)
    for name in params.classes:
        for index in range(scenes.objects_per_class):
            split = splits.of_catalogue(name, index, seed, scenes.split)
            tasks.append(_task(params, f"{name}_{index:04d}", name, split, None))
    return tasks


def _imported(params: Params, listing: Listing, published: split_files.PublishedSplit | None) -> list[ObjectTask]:
    single = params.scenes.source in SINGLE_SCENES
    members = defaultdict(list, {} if single else {name: [] for name in params.classes})
    for found in listing.found:
        members[found.class_name].append(found.object_id)
    if published:
        split = published.of(each.object_id for each in listing.found)
    else:
        split = splits.of_imported(members, params.study.seed, params.scenes.split, few_are_test=single)
    return [_task(params, each.object_id, each.class_name, split[each.object_id], each) for each in listing.found]


def _task(params: Params, object_id: str, class_name: str, split: str, found: ListedItem | None) -> ObjectTask:
    known = params.classes.get(class_name)
    synset, noun = (known.synset, known.noun) if known else (NO_SYNSET, "")
    row = ObjectRow(object_id, class_name, synset, split, params.scenes.source, object_id, 0)
    return ObjectTask(row, noun, params.study.seed, params.scenes, found)


def _copies(task: ObjectTask) -> list[ObjectTask]:
    """A1, A2, … for training: other proportions and colours, cameras of their own."""
    copies = []
    for number in range(1, task.scenes.copies + 1):
        if task.found is not None and task.found.copies is not None and number not in task.found.copies:
            continue
        name = f"{task.object.object_id}.a{number}"
        if split := splits.of_copy(name, task.object.split, task.scenes.leak, task.seed):
            row = replace(task.object, object_id=name, split=split, augmentation=number)
            copies.append(replace(task, object=row))
    return copies
