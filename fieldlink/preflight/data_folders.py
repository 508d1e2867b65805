"""Are the data folders there, and laid out as their importers expect? Of Blender scenes, a few are read on trial."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from fieldlink.core.errors import InputError
from fieldlink.core.params import Params, is_imported
from fieldlink.core.schemas import SPLITS
from fieldlink.preflight.findings import Finding
from fieldlink.preflight.packaged import is_packaged
from fieldlink.scenes import split_files, splits
from fieldlink.scenes.importers import caption_file
from fieldlink.scenes.photos.photo_sources import photo_source
from fieldlink.scenes.scene_sources import scene_source

ClassCounts = Mapping[str, int]  # objects or pictures of each class


def objects(params: Params) -> tuple[Finding, ClassCounts]:
    """The scenes' folder, and the number of originals of each class."""
    source = scene_source(params.scenes.source)
    expected = list(params.classes) if source.every_class else []
    subject = f"scenes: {params.scenes.source}"
    least = 1 if source.single_scenes else len(SPLITS)
    finding, counts = _finding(subject, params.scenes.folder, lambda: source.count(params), expected, least)
    reasons = source.trial(params) if source.trial and finding.state == "ok" else {}
    if source.trial_extent and finding.state == "ok":
        finding = finding._replace(detail=f"{finding.detail}; {source.trial_extent}")
    if reasons:
        first = "; ".join(list(reasons.values())[:3])
        state = "missing" if len(reasons) > params.scenes.most_rejected * sum(counts.values()) else "note"
        finding = Finding(subject, state, f"{len(reasons)} of {sum(counts.values())} would be set aside: {first}")
    return finding, counts


def photos(params: Params) -> tuple[Finding, ClassCounts]:
    """The photos' folder, and the number of photos of each class."""
    source = photo_source(params.photos.source)
    subject = f"photos: {params.photos.source}"
    return _finding(subject, params.photos.folder, lambda: source.count(params), list(params.classes), least=1)


def depth(params: Params) -> list[Finding]:
    """A note on what a source without depth maps rules out; empty if there are depth maps."""
    if has_depth(params):
        return []
    return [Finding("depth maps", "note", f"none from {params.scenes.source}: no translated views, no Table 4.8")]


def has_depth(params: Params) -> bool:
    """Whether the source has depth maps of at least some objects."""
    return scene_source(params.scenes.source).has_depth(params.scenes.folder)


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
    return scene_source(params.scenes.source).captions or params.scenes.captions != caption_file.OUR_CODE


def split(params: Params) -> list[Finding]:
    """The folder of split files; empty if the parameters name none."""
    if params.scenes.splits == splits.OUR_CODE:
        return []
    try:
        published = split_files.read_split_files(params.scenes.splits)
    except InputError as error:
        return [Finding("splits", "missing", str(error))]
    counts = Counter(published.held_out.values())
    return [Finding("splits", "ok", f"{counts['validation']:,} validation, {counts['test']:,} test objects")]


def ranks(params: Params, counts: ClassCounts) -> list[Finding]:
    """Ranks of `retrieval.ranks` beyond the gallery, whose size is estimated by the shares of the splits."""
    if not counts or params.scenes.splits != splits.OUR_CODE:
        return []
    shares = params.scenes.split
    gallery = sum(counts.values()) * shares.test // (shares.train + shares.validation + shares.test)
    beyond = [rank for rank in params.retrieval.ranks if rank > gallery]
    detail = f"{beyond} given; of {sum(counts.values())} objects about {gallery} are for testing: set smaller ranks"
    return [Finding("retrieval.ranks", "missing", detail)] if beyond else []


def imported(params: Params) -> list[Finding]:
    """The folders of imported NeRFs and of an imported nf2vec; empty if the study makes both itself."""
    findings = []
    for subject, path, command in (
        ("imported.nerfs", params.imported.nerfs, "import-nerfs"),
        ("imported.nf2vec", params.imported.nf2vec, "import-nf2vec"),
    ):
        if not is_imported(path):
            continue
        if path.is_dir() and any(path.glob("*")):
            findings.append(Finding(subject, "ok", str(path)))
        else:
            findings.append(Finding(subject, "missing", f"{path}: no such folder; write it with fieldlink {command}"))
    return findings


def _finding(
    subject: str, folder: Path, count: Callable[[], Counter[str]], classes: list[str], least: int
) -> tuple[Finding, ClassCounts]:
    """The finding about a folder, and its counts. `classes`: those that must hold at least `least`."""
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
    if few := [f"{counts[name]} of {name}" for name in classes if counts[name] < least]:
        return Finding(subject, "missing", f"{folder}: {', '.join(few)}, at least {least} expected"), counts
    return Finding(subject, "ok", f"{sum(counts.values()):,} in {len(counts)} classes"), counts
