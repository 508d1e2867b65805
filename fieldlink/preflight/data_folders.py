"""Are the data folders there, and laid out as their importers expect? No file is read whole."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from fieldlink.core import datasets
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.core.schemas import NERFS, OBJECTS, VIEWS
from fieldlink.preflight.findings import Finding
from fieldlink.preflight.packaged import is_packaged
from fieldlink.scenes import split_files, splits
from fieldlink.scenes.importers import blender, caption_file, disn, listing, mesh_folder, shapenet
from fieldlink.scenes.photos import domainnet, photo_folder

ClassCounts = Mapping[str, int]  # objects or pictures of each class
RENDERED = ("catalogue", "meshes", "shapenet")  # sources of meshes, whose views are rendered here


def objects(params: Params) -> tuple[Finding, ClassCounts]:
    """The scenes' folder, and the number of originals of each class."""
    folder, source = params.scenes.folder, params.scenes.source
    names = {entry.synset: name for name, entry in params.classes.items()}
    counters: dict[str, Callable[[], Counter[str]]] = {
        "catalogue": lambda: Counter(dict.fromkeys(params.classes, params.scenes.objects_per_class)),
        "meshes": lambda: _in_class_folders(folder, params, mesh_folder.SUFFIXES),
        "shapenet": lambda: _by_synset(folder, f"*/*/{shapenet.MESH}", -4, names),
        "disn": lambda: _by_synset(folder, f"image/*/*/easy/{disn.METADATA}", -4, names),
        "blender": lambda: Counter({"scenes": len(list(folder.glob(f"**/{blender.TRANSFORMS}")))}),
        "nerfs": lambda: _imported_objects(folder),
    }
    has_classes = source not in ("blender", "nerfs")
    expected = list(params.classes) if has_classes else []
    return _finding(f"scenes: {source}", folder, counters[source], expected)


def photos(params: Params) -> tuple[Finding, ClassCounts]:
    """The photos' folder, and the number of photos of each class."""
    folder, source = params.photos.folder, params.photos.source
    counters: dict[str, Callable[[], Counter[str]]] = {
        "catalogue": lambda: Counter(dict.fromkeys(params.classes, params.photos.per_class)),
        "folder": lambda: _in_class_folders(folder, params, photo_folder.SUFFIXES),
        "domainnet": lambda: Counter(
            {name: _count(folder / domainnet.FOLDERS.get(entry.synset, name)) for name, entry in params.classes.items()}
        ),
    }
    return _finding(f"photos: {source}", folder, counters[source], list(params.classes))


def depth(params: Params) -> list[Finding]:
    """A note on what a source without depth maps rules out; empty if there are depth maps."""
    if has_depth(params):
        return []
    return [Finding("depth maps", "note", f"none from {params.scenes.source}: no translated views, no Table 4.8")]


def has_depth(params: Params) -> bool:
    """Whether the source has depth maps of at least some objects."""
    source, folder = params.scenes.source, params.scenes.folder
    return source in RENDERED or (source == "disn" and any(folder.glob("depth/*/*/easy")))


def captions(params: Params) -> list[Finding]:
    """The file of captions; empty if the parameters name none."""
    file = params.scenes.captions
    if file == caption_file.OUR_CODE:
        return []
    try:
        count = len({model for _, model, caption in caption_file.caption_rows(file) if caption})
    except InputError as error:
        return [Finding("captions", "missing", str(error))]
    return [Finding("captions", "ok", f"of {count:,} models")]


def has_captions(params: Params) -> bool:
    """Whether objects have captions: the catalogue's own, or those of a file."""
    return params.scenes.source == "catalogue" or params.scenes.captions != caption_file.OUR_CODE


def split(params: Params) -> list[Finding]:
    """The folder of split files; empty if the parameters name none."""
    if params.scenes.splits == splits.OUR_CODE:
        return []
    try:
        published = split_files.read_split_files(params.scenes.splits)
    except InputError as error:
        return [Finding("splits", "missing", str(error))]
    counts = Counter(published.others.values())
    return [Finding("splits", "ok", f"{counts['validation']:,} validation, {counts['test']:,} test objects")]


def is_own_code(path: Path) -> bool:
    """Whether an entry of `imported` names this project's code, which then does the work, instead of a folder."""
    return path.suffix == ".py"


def imported(params: Params) -> list[Finding]:
    """The folders of imported NeRFs and of an imported nf2vec; empty if the study makes both itself."""
    findings = []
    for subject, path, command in (
        ("imported.nerfs", params.imported.nerfs, "import-nerfs"),
        ("imported.nf2vec", params.imported.nf2vec, "import-nf2vec"),
    ):
        if is_own_code(path):
            continue
        if path.is_dir() and any(path.glob("*")):
            findings.append(Finding(subject, "ok", str(path)))
        else:
            findings.append(Finding(subject, "missing", f"{path}: no such folder; write it with fieldlink {command}"))
    return findings


def _finding(
    subject: str, folder: Path, count: Callable[[], Counter[str]], classes: list[str]
) -> tuple[Finding, ClassCounts]:
    """The finding about a folder, and its counts. `classes`: those that must not be empty."""
    if not (is_packaged(folder) or folder.exists()):
        return Finding(subject, "missing", f"{folder}: no such folder"), {}
    try:
        counts = count()
    except InputError as error:
        return Finding(subject, "missing", str(error)), {}
    empty = [name for name in classes if not counts[name]]
    if empty or not counts:
        detail = f"{folder}: nothing of {', '.join(empty) or 'any class'} in its layout"
        return Finding(subject, "missing", detail), counts
    return Finding(subject, "ok", f"{sum(counts.values()):,} in {len(counts)} classes"), counts


def _by_synset(folder: Path, pattern: str, part: int, names: Mapping[str, str]) -> Counter[str]:
    """Files that match a pattern, by class. `part`: the part of their path that is the synset."""
    by_synset = Counter(path.parts[part] for path in folder.glob(pattern))
    return Counter({name: by_synset[synset] for synset, name in names.items()})


def _in_class_folders(folder: Path, params: Params, suffixes: set[str]) -> Counter[str]:
    folders = listing.class_folders(folder, params.classes)
    return Counter({class_folder.name: _count(class_folder, suffixes) for class_folder in folders})


def _count(folder: Path, suffixes: set[str] = photo_folder.SUFFIXES) -> int:
    return sum(path.suffix.lower() in suffixes for path in folder.rglob("*")) if folder.is_dir() else 0


def _imported_objects(folder: Path) -> Counter[str]:
    """Originals that import-nerfs wrote, by class."""
    for schema in (VIEWS, NERFS):
        datasets.schema_name(folder / schema.name)
    rows = datasets.read(folder / "objects", OBJECTS, ["class_name", "augmentation"]).to_pylist()
    return Counter(row["class_name"] for row in rows if not row["augmentation"])
