"""ShapeNetCore as published: meshes of unit diagonal, y up, in folders by synset.

<folder>/<synset>/<model id>/models/model_normalized.obj   (with .mtl beside it)
<folder>/<synset>/<model id>/images/texture0.jpg           (what the materials name)
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.params import ObjectClass, Params
from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.folder_files import subfolders
from fieldlink.scenes.importers.item_ids import safe_id
from fieldlink.scenes.importers.listing import (
    ListedItem,
    Listing,
    collected,
    companions_digest,
    files_digest,
    folders_by_synset,
)
from fieldlink.scenes.meshes import Mesh
from fieldlink.scenes.source_types import IMPORTED, MeshSource, item_path

MESH = "models/model_normalized.obj"
OUTSIDE = {"02992529": "mobile phone", "03948459": "pistol"}  # synsets outside the study that share its models


def listing(folder: Path, classes: Mapping[str, ObjectClass]) -> Listing:
    """Every model with a mesh, by its id. A model under several synsets is dropped everywhere (protocol 1)."""
    models = [(path.parts[-4], path.parts[-3], path) for path in sorted(folder.glob(f"*/*/{MESH}"))]
    if not models:
        raise InputError(f"{folder}: no <synset>/<model id>/{MESH}, expected the ShapeNetCore layout")
    listed = by_model(models, classes, content=lambda path: files_digest([path]), companions=_companions)
    listed.other_files = models_without(MESH, folder, classes)
    return listed


def read(path: Path) -> Mesh:
    """The mesh with its materials, which may lie anywhere in the model's own folder."""
    return mesh_folder.read(path, within=path.parent.parent)


def by_model(
    models: Iterable[tuple[str, str, Path]],
    classes: Mapping[str, ObjectClass],
    *,
    content: Callable[[Path], str],
    companions: Callable[[Path], str],
) -> Listing:
    """The listing of models, given as (synset, id, path). Models of other synsets are counted only.

    `content` and `companions` digest a model's files, as in `ListedItem`; their `InputError` sets the model aside.
    """
    names = {object_class.synset: name for name, object_class in classes.items()}
    by_id = defaultdict(list)
    for synset, model, path in models:
        by_id[model].append((synset, path))
    of_classes = {
        model: [(synset, path) for synset, path in of_model if synset in names or synset in OUTSIDE]
        for model, of_model in by_id.items()
        if any(synset in names for synset, _ in of_model)
    }
    if not of_classes:
        synset, path = next(iter(by_id.values()))[0]
        raise InputError(f"{path}: {synset}: no synset of params.yaml, expected some of {', '.join(names)}")
    items, unreadable = [], {}
    for model, ((synset, path), *others) in of_classes.items():
        if others:
            continue
        try:
            items.append(ListedItem(model, names[synset], path, content(path), companions(path)))
        except InputError as error:
            unreadable[safe_id(model)] = str(error)
    listing = collected(items)
    listing.rejected |= unreadable
    for model, of_model in of_classes.items():
        if len(of_model) > 1:
            listing.duplicates[model] = f"in {len(of_model)} classes: {', '.join(synset for synset, _ in of_model)}"
    listing.other_classes = len(by_id) - len(of_classes)
    return listing


def models_without(inside: str, folder: Path, classes: Mapping[str, ObjectClass]) -> Counter[str]:
    """Number of model folders of the study's classes that lack `inside`, for `Listing.other_files`.

    `folder`: holds folders of synsets, which hold those of models.
    """
    synsets = [path for path in subfolders(folder) if path.name in {of_class.synset for of_class in classes.values()}]
    lacking = sum(not (model / inside).exists() for synset in synsets for model in subfolders(synset))
    return +Counter({f"models without {inside}": lacking})


def _companions(path: Path) -> str:
    """Digest of a model's materials and textures."""
    others = sorted(path.parent.parent.rglob("*"))
    return companions_digest(other for other in others if other.is_file() and other != path)


def count(params: Params) -> Counter[str]:
    """Models of each class."""
    return folders_by_synset(params.scenes.folder, f"*/*/{MESH}", -4, params.classes)


SOURCE = MeshSource(
    title="ShapeNetCore",
    page_text="meshes in the ShapeNetCore layout",
    parameters=IMPORTED,
    count=count,
    listing=listing,
    single_scenes=False,
    every_class=True,
    captions=False,
    trial=None,
    trial_extent="",
    mesh=lambda task: read(item_path(task)),
)
