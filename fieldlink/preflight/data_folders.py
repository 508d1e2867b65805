"""Are the data folders there, and laid out as their importers expect? Nothing is read whole."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.core.schemas import NERFS, OBJECTS, VIEWS
from fieldlink.preflight.findings import Finding
from fieldlink.scenes import split_files, splits
from fieldlink.scenes.importers import blender, caption_file, disn, listing, mesh_folder, shapenet
from fieldlink.scenes.photos import domainnet, photo_folder

Counts = Mapping[str, int]  # objects or pictures of each class
RENDERED = ("catalogue", "meshes", "shapenet")  # sources of meshes, whose views we make


def objects(params: Params) -> tuple[Finding, Counts]:
    """The scenes' folder, and how many originals each class has."""
    folder, source = params.scenes.folder, params.scenes.source
    names = {each.synset: name for name, each in params.classes.items()}
    ways: dict[str, Callable[[], Counter[str]]] = {
        "catalogue": lambda: Counter(dict.fromkeys(params.classes, params.scenes.objects_per_class)),
        "meshes": lambda: _in_class_folders(folder, params, mesh_folder.SUFFIXES),
        "shapenet": lambda: _by_synset(folder, f"*/*/{shapenet.MESH}", -4, names),
        "disn": lambda: _by_synset(folder, f"image/*/*/easy/{disn.METADATA}", -4, names),
        "blender": lambda: Counter({"scenes": len(list(folder.glob(f"**/{blender.TRANSFORMS}")))}),
        "nerfs": lambda: _converted(folder),
    }
    several = source not in ("blender", "nerfs")
    return _found(f"scenes: {source}", folder, ways[source], list(params.classes) if several else [])


def photos(params: Params) -> tuple[Finding, Counts]:
    """The photos' folder, and how many each class has."""
    folder, source = params.photos.folder, params.photos.source
    ways: dict[str, Callable[[], Counter[str]]] = {
        "catalogue": lambda: Counter(dict.fromkeys(params.classes, params.photos.per_class)),
        "folder": lambda: _in_class_folders(folder, params, photo_folder.SUFFIXES),
        "domainnet": lambda: Counter(
            {name: _count(folder / domainnet.FOLDERS.get(each.synset, name)) for name, each in params.classes.items()}
        ),
    }
    return _found(f"photos: {source}", folder, ways[source], list(params.classes))


def depth(params: Params) -> list[Finding]:
    """What can't be done without depth maps, if the source has none."""
    if has_depth(params):
        return []
    return [Finding("depth maps", "note", f"none from {params.scenes.source}: no translated views, no Table 4.8")]


def has_depth(params: Params) -> bool:
    """Whether the source gives depth maps, at least of some objects."""
    source, folder = params.scenes.source, params.scenes.folder
    return source in RENDERED or (source == "disn" and any(folder.glob("depth/*/*/easy")))


def captions(params: Params) -> list[Finding]:
    """The file of captions, where one is asked for."""
    file = params.scenes.captions
    if file == caption_file.OUR_CODE:
        return []
    try:
        count = len({model for _, model, caption in caption_file.caption_rows(file) if caption})
    except InputError as error:
        return [Finding("captions", "missing", str(error))]
    return [Finding("captions", "ok", f"of {count:,} models")]


def has_captions(params: Params) -> bool:
    """Whether objects have captions: of themselves the catalogue's alone have."""
    return params.scenes.source == "catalogue" or params.scenes.captions != caption_file.OUR_CODE


def split(params: Params) -> list[Finding]:
    """The split files, where some are asked for."""
    if params.scenes.splits == splits.OUR_CODE:
        return []
    try:
        published = split_files.read_split_files(params.scenes.splits)
    except InputError as error:
        return [Finding("splits", "missing", str(error))]
    counts = Counter(published.others.values())
    return [Finding("splits", "ok", f"{counts['validation']:,} validation, {counts['test']:,} test objects")]


def made_here(path: Path) -> bool:
    """Whether an entry of `imported` names our own code, which then does the work, and no folder."""
    return path.suffix == ".py"


def imported(params: Params) -> list[Finding]:
    """What comes from elsewhere in place of fits and training."""
    found = []
    for what, path, verb in (
        ("imported.nerfs", params.imported.nerfs, "import_nerfs"),
        ("imported.nf2vec", params.imported.nf2vec, "import_nf2vec"),
    ):
        if made_here(path):
            continue
        there = path.is_dir() and any(path.glob("*"))
        advice = f"{path}: no such folder; write it with python -m fieldlink.commands.{verb}"
        found.append(Finding(what, "ok" if there else "missing", str(path) if there else advice))
    return found


def _found(what: str, folder: Path, way: Callable[[], Counter[str]], classes: list[str]) -> tuple[Finding, Counts]:
    if not folder.exists():
        return Finding(what, "missing", f"{folder}: no such folder"), {}
    try:
        counts = way()
    except InputError as error:
        return Finding(what, "missing", str(error)), {}
    without = [name for name in classes if not counts[name]]
    if without or not counts:
        return Finding(
            what, "missing", f"{folder}: nothing of {', '.join(without) or 'any class'} in its layout"
        ), counts
    return Finding(what, "ok", f"{sum(counts.values()):,} in {len(counts)} classes"), counts


def _by_synset(folder: Path, pattern: str, part: int, names: Mapping[str, str]) -> Counter[str]:
    found = Counter(path.parts[part] for path in folder.glob(pattern))
    return Counter({name: found[synset] for synset, name in names.items()})


def _in_class_folders(folder: Path, params: Params, suffixes: set[str]) -> Counter[str]:
    folders = listing.class_folders(folder, params.classes)
    return Counter({each.name: _count(each, suffixes) for each in folders})


def _count(folder: Path, suffixes: set[str] = photo_folder.SUFFIXES) -> int:
    return sum(path.suffix.lower() in suffixes for path in folder.rglob("*")) if folder.is_dir() else 0


def _converted(folder: Path) -> Counter[str]:
    for schema in (VIEWS, NERFS):
        datasets.schema_name(folder / schema.name)
    rows = datasets.read(folder / "objects", OBJECTS, ["class_name", "augmentation"]).to_pylist()
    return Counter(row["class_name"] for row in rows if not row["augmentation"])
