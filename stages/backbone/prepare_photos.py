"""Make or import the photos that queries come from."""

import sys
from pathlib import Path

from stages import datasets, schemas, scratch
from stages.params import load
from stages.runtime import command


def prepare_photos(out: Path, rejected: Path, params: Path = Path("params.yaml")) -> None:
    """Write dataset `photos`, and what was set aside, with reasons, as `rejected`."""
    from stages.scenes import queries

    settings = load(params)
    tasks, listing = queries.offered(settings)
    code = scratch.code_digest(__file__)
    finished = scratch.finish(
        "prepare_photos",
        schemas.PHOTOS,
        {photo_id: task.key(code) for photo_id, task in tasks.items()},
        lambda ids: [tasks[photo_id] for photo_id in ids],
        queries.work,
        chunk=50,
        workers=settings.runtime.workers,
        cluster=settings.runtime.cluster,
    )
    finished.rejected |= listing.rejected
    scratch.check_share("prepare_photos", finished, settings.photos.most_rejected)
    finished.rejected |= listing.duplicates
    if listing.duplicates:
        print(f"prepare_photos: {len(listing.duplicates)} duplicates dropped", file=sys.stderr)
    datasets.write(out, schemas.PHOTOS, finished.tables(items_per_shard=500), "prepare_photos")
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("prepare_photos")], "prepare_photos")


if __name__ == "__main__":
    command(prepare_photos, preload=["stages.scenes.queries"])
