"""ShapeNetCore as published: meshes of unit diagonal, y up, in folders by synset.

<folder>/<synset>/<model id>/models/model_normalized.obj   (with .mtl beside it)
<folder>/<synset>/<model id>/images/texture0.jpg           (what the materials name)
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.params import ObjectClass
from fieldlink.scenes.importers import mesh_folder
from fieldlink.scenes.importers.listing import ListedItem, Listing, collected, digest_of
from fieldlink.scenes.meshes import Mesh

MESH = "models/model_normalized.obj"
OUTSIDE = {"02992529": "mobile phone", "03948459": "pistol"}  # no classes of the study, but they share its models


def listing(folder: Path, classes: Mapping[str, ObjectClass]) -> Listing:
    """Every model with a mesh, by its id; one under several synsets is dropped everywhere (protocol 1)."""
    places = [(path.parts[-4], path.parts[-3], path) for path in sorted(folder.glob(f"*/*/{MESH}"))]
    if not places:
        raise InputError(f"{folder}: no <synset>/<model id>/{MESH}, expected the ShapeNetCore layout")
    return by_model(places, classes, lambda path: digest_of([path]), _beside)


def read(path: Path) -> Mesh:
    """The mesh with its materials, which may lie anywhere in the model's own folder."""
    return mesh_folder.read(path, "y", within=path.parent.parent)


def by_model(
    places: Iterable[tuple[str, str, Path]],
    classes: Mapping[str, ObjectClass],
    content: Callable[[Path], str],
    beside: Callable[[Path], str],
) -> Listing:
    """Models given as synset, id and path, each in one class; those of other synsets are only counted.

    `content` and `beside` digest what a model is made of, as in `ListedItem`.
    """
    names, every = {each.synset: name for name, each in classes.items()}, defaultdict(list)
    for synset, model, path in places:
        every[model].append((synset, path))
    found = {
        model: [(synset, path) for synset, path in of if synset in names or synset in OUTSIDE]
        for model, of in every.items()
        if any(synset in names for synset, _ in of)
    }
    if not found:
        synset, path = next(iter(every.values()))[0]
        raise InputError(f"{path}: {synset}: no synset of params.yaml, expected some of {', '.join(names)}")
    single = {model: of[0] for model, of in found.items() if len(of) == 1}
    listing = collected(
        ListedItem(model, names[synset], path, content(path), beside(path)) for model, (synset, path) in single.items()
    )
    for model, of in found.items():
        if len(of) > 1:
            listing.duplicates[model] = f"in {len(of)} classes: {', '.join(synset for synset, _ in of)}"
    listing.elsewhere = len(every) - len(found)
    return listing


def _beside(path: Path) -> str:
    """Digest of a model's materials and textures."""
    return digest_of(other for other in sorted(path.parent.parent.rglob("*")) if other.is_file() and other != path)
