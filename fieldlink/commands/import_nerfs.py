"""Convert NeRFs that the official nf2vec code fitted, so that a study can start at train_nf2vec (README)."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typing_extensions import Doc

from fieldlink.commands.arguments import ParamsFile
from fieldlink.commands.default_files import PARAMS_FILE, params_or_default
from fieldlink.commands.flag_style import COUNT, FILE, FOLDER, PIXELS
from fieldlink.core import datasets, digests, files, resume, schemas, source_code
from fieldlink.core.errors import InputError
from fieldlink.core.params import load

if TYPE_CHECKING:
    import pyarrow as pa

    from fieldlink.exchange.official_nerfs import NerfFolder

NAME = "import_nerfs"
CHUNK = 64  # NeRFs whose files one process opens, and that are stored together


def import_nerfs(
    folder: Annotated[Path, FOLDER, Doc("Folder in the layout of the official nf2vec code.")],
    out: Annotated[Path, FOLDER, Doc("Folder to write: datasets objects, views, nerfs and rejected.")],
    measured: Annotated[int, COUNT, Doc("Pictures of each NeRF that are compared with its render; 0: none.")] = 4,
    resolution: Annotated[
        int, PIXELS, Doc("Side in pixels of views that are rendered, where there are no pictures.")
    ] = 224,
    params_file: Annotated[ParamsFile, FILE] = PARAMS_FILE,
) -> None:
    """Convert NeRFs of the official layout into the datasets of a study.

    Dataset `rejected` has the reason of each NeRF that can't be used.
    """
    from fieldlink.exchange import nerf_import, official_nerfs
    from fieldlink.scenes.importers.listing import relative_reasons

    params = load(params_or_default(params_file))
    names = {entry.synset: name for name, entry in params.classes.items()}
    folders = official_nerfs.nerf_folders(folder)
    accepted, ambiguous = nerf_import.of_classes(folders, list(names))
    total = len({nerf.object_id for nerf in folders})
    if others := total - len(accepted) - len(ambiguous):
        print(f"{NAME}: {others} of {total} left out, of no class", file=sys.stderr)
    by_id = {nerf.object_id: nerf for nerf in accepted}
    settings = nerf_import.ImportSettings(params.nerf, measured, resolution, params.runtime.device)
    reader = digests.file_digest(source_code.ROOT / "fieldlink/core/safe_unpickling.py")  # decides what can be read
    shared = digests.digest_of(digests.code_digest(__file__), reader, settings.nerf.model_dump(), measured, resolution)
    files_of, unreadable = nerf_import.digests_of(by_id)
    finished_items = resume.finish(
        NAME,
        nerf_import.IMPORTED,
        {name: digests.digest_of(shared, str(by_id[name].folder), digest) for name, digest in files_of.items()},
        lambda ids: nerf_import.ImportTask([by_id[object_id] for object_id in ids], settings),
        nerf_import.import_folders,
        chunk=CHUNK,
        workers=params.runtime.workers,
        cluster=params.runtime.cluster,
    )
    finished_items.rejected = relative_reasons(finished_items.rejected | unreadable | ambiguous, folder)
    imported = [nerf for nerf in accepted if nerf.object_id not in finished_items.rejected]
    if not imported:
        raise InputError(f"{folder}: no NeRF can be used ({'; '.join(list(finished_items.rejected.values())[:3])})")
    with files.replacing(out) as temporary:
        datasets.write(temporary / "objects", schemas.OBJECTS, [_objects(imported, names)], NAME)
        views = (nerf_import.views_in(rows) for rows in finished_items.tables(CHUNK))
        datasets.write(temporary / "views", schemas.VIEWS, views, NAME)
        nerfs = (rows.select(list(schemas.NERFS.columns)) for rows in finished_items.tables(CHUNK))
        datasets.write(temporary / "nerfs", schemas.NERFS, nerfs, NAME)
        datasets.write(temporary / "rejected", schemas.REJECTED, [finished_items.rejected_table(NAME)], NAME)
    print(f"{NAME}: {len(imported)} NeRFs in {out}, {len(finished_items.rejected)} set aside")


def _objects(nerfs: "Sequence[NerfFolder]", names: dict[str, str]) -> "pa.Table":
    columns = {
        "object_id": [nerf.object_id for nerf in nerfs],
        "class_name": [names[nerf.synset] for nerf in nerfs],
        "synset": [nerf.synset for nerf in nerfs],
        "split": [schemas.UNDECIDED] * len(nerfs),
        "source": ["nerfs"] * len(nerfs),
        "base_object_id": [nerf.base for nerf in nerfs],
        "augmentation": [nerf.augmentation for nerf in nerfs],
        "caption": [None] * len(nerfs),
    }
    return datasets.table(schemas.OBJECTS, columns)
