"""Make or import the photos that queries come from."""

import sys
from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.params import load


def prepare_photos(
    out: arguments.OutDataset, rejected: arguments.OutRejected, params: arguments.ParamsFile = Path("params.yaml")
) -> None:
    """Write dataset `photos`, and what was set aside, with reasons, as `rejected`."""
    from fieldlink.scenes.photos import photo_sources

    settings = load(params)
    tasks, listing = photo_sources.offered(settings)
    code = digests.code_digest(__file__)
    finished = resume.finish(
        "prepare_photos",
        schemas.PHOTOS,
        {photo_id: task.key(code) for photo_id, task in tasks.items()},
        lambda ids: [tasks[photo_id] for photo_id in ids],
        photo_sources.work,
        chunk=50,
        workers=settings.runtime.workers,
        cluster=settings.runtime.cluster,
    )
    finished.rejected |= listing.rejected
    resume.check_rejected_share("prepare_photos", finished, settings.photos.most_rejected)
    finished.rejected |= listing.duplicates
    if listing.duplicates:
        print(f"prepare_photos: {len(listing.duplicates)} duplicates dropped", file=sys.stderr)
    datasets.write(out, schemas.PHOTOS, finished.tables(items_per_shard=500), "prepare_photos")
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("prepare_photos")], "prepare_photos")


if __name__ == "__main__":
    run_stage(prepare_photos, preload=["fieldlink.scenes.photos.photo_sources"])
