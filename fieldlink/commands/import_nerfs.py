"""Convert NeRFs that the official nf2vec code fitted, so that a study can start at train_nf2vec (README)."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, files, resume, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import load

if TYPE_CHECKING:
    import pyarrow as pa

    from fieldlink.exchange.official_nerfs import Place

AT_ONCE = 64  # NeRFs whose files one process opens, and that are kept together
SPLIT = "undecided"  # prepare_scenes deals them out


def import_nerfs(
    folder: Path, out: Path, measured: int = 4, resolution: int = 224, params: Path = Path("params.yaml")
) -> None:
    """Write datasets `objects`, `views`, `nerfs` and `rejected` below `out`, from a `folder` in the official layout.

    `measured` pictures a NeRF are compared with its render. Without pictures views are rendered, at `resolution`.
    """
    from fieldlink.exchange import nerf_import, official_nerfs

    settings, stage = load(params), "import_nerfs"
    names = {each.synset: name for name, each in settings.classes.items()}
    given = official_nerfs.places(folder)
    kept, dropped = nerf_import.sorted_out(given, list(names))
    total = len({place.object_id for place in given})
    if elsewhere := total - len(kept) - len(dropped):
        print(f"{stage}: {elsewhere} of {total} left out, of no class", file=sys.stderr)
    places = {place.object_id: place for place in kept}
    how = nerf_import.How(settings.nerf, measured, resolution, settings.runtime.device)
    shared = digests.digest_of(digests.code_digest(__file__), how.nerf.model_dump(), measured, resolution)
    finished = resume.finish(
        stage,
        nerf_import.IMPORTED,
        {
            name: digests.digest_of(shared, str(place.folder), nerf_import.content(place))
            for name, place in places.items()
        },
        lambda some: nerf_import.Batch([places[name] for name in some], how),
        nerf_import.read,
        chunk=AT_ONCE,
        workers=settings.runtime.workers,
        cluster=settings.runtime.cluster,
    )
    finished.rejected |= dropped
    used = [place for place in kept if place.object_id not in finished.rejected]
    if not used:
        raise InputError(f"{folder}: no NeRF can be used ({'; '.join(list(finished.rejected.values())[:3])})")
    with files.replacing(out) as temporary:
        datasets.write(temporary / "objects", schemas.OBJECTS, [_objects(used, names)], stage)
        views = (nerf_import.views_in(rows) for rows in finished.tables(AT_ONCE))
        datasets.write(temporary / "views", schemas.VIEWS, views, stage)
        nerfs = (rows.select(list(schemas.NERFS.columns)) for rows in finished.tables(AT_ONCE))
        datasets.write(temporary / "nerfs", schemas.NERFS, nerfs, stage)
        datasets.write(temporary / "rejected", schemas.REJECTED, [finished.rejected_table(stage)], stage)
    print(f"import_nerfs: {len(used)} NeRFs in {out}, {len(finished.rejected)} set aside")


def _objects(places: "Sequence[Place]", names: dict[str, str]) -> "pa.Table":
    columns = {
        "object_id": [place.object_id for place in places],
        "class_name": [names[place.synset] for place in places],
        "synset": [place.synset for place in places],
        "split": [SPLIT] * len(places),
        "source": ["nerfs"] * len(places),
        "base_object_id": [place.base for place in places],
        "augmentation": [place.augmentation for place in places],
        "caption": [None] * len(places),
    }
    return datasets.table(schemas.OBJECTS, columns)


if __name__ == "__main__":
    run_stage(import_nerfs, preload=["fieldlink.exchange.nerf_import"])
