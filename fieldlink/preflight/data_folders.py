"""Are the data folders there, and laid out as their importers expect? Nothing is read whole."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.params import Params
from fieldlink.preflight.findings import Finding
from fieldlink.scenes import split_files, splits
from fieldlink.scenes.importers import caption_file
from fieldlink.scenes.photos.photo_sources import photo_source
from fieldlink.scenes.scene_sources import scene_source
from fieldlink.scenes.sources import Source

Counts = Mapping[str, int]  # objects or pictures of each class


def objects(params: Params) -> tuple[Finding, Counts]:
    """The scenes' folder, and how many originals each class has."""
    source = scene_source(params.scenes.source)
    classes = list(params.classes) if source.every_class else []
    return _found(f"scenes: {params.scenes.source}", params.scenes.folder, source, params, classes)


def photos(params: Params) -> tuple[Finding, Counts]:
    """The photos' folder, and how many each class has."""
    source = photo_source(params.photos.source)
    return _found(f"photos: {params.photos.source}", params.photos.folder, source, params, list(params.classes))


def depth(params: Params) -> list[Finding]:
    """What can't be done without depth maps, if the source has none."""
    if has_depth(params):
        return []
    return [Finding("depth maps", "note", f"none from {params.scenes.source}: no translated views, no Table 4.8")]


def has_depth(params: Params) -> bool:
    """Whether the source gives depth maps, at least of some objects."""
    return scene_source(params.scenes.source).has_depth(params.scenes.folder)


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
    """Whether objects have captions, of their source or from a file."""
    return scene_source(params.scenes.source).captions or params.scenes.captions != caption_file.OUR_CODE


def split(params: Params) -> list[Finding]:
    """The split files, where some are asked for."""
    if params.scenes.splits == splits.OUR_CODE:
        return []
    try:
        published = split_files.read_split_files(params.scenes.splits)
    except InputError as error:
        return [Finding("splits", "missing", str(error))]
    counts = Counter(published.held_out.values())
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


def _found(what: str, folder: Path, source: Source, params: Params, classes: list[str]) -> tuple[Finding, Counts]:
    if not folder.exists():
        return Finding(what, "missing", f"{folder}: no such folder"), {}
    try:
        counts = source.count(params)
    except InputError as error:
        return Finding(what, "missing", str(error)), {}
    without = [name for name in classes if not counts[name]]
    if without or not counts:
        return Finding(
            what, "missing", f"{folder}: nothing of {', '.join(without) or 'any class'} in its layout"
        ), counts
    return Finding(what, "ok", f"{sum(counts.values()):,} in {len(counts)} classes"), counts
