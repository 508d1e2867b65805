"""Make or import the photos that queries come from."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.params import load

PHOTOS_PER_CHUNK = 25  # of at most 50 MB each


def prepare_photos(
    out: arguments.OutDataset, rejected: arguments.OutRejected, params_file: arguments.ParamsFile = Path("params.yaml")
) -> None:
    """Write datasets `photos` and, with reasons, `rejected`."""
    from fieldlink.scenes.importers.listing import set_aside
    from fieldlink.scenes.photos.photo_sources import photo_rows, photo_tasks

    params = load(params_file)
    tasks, listing = photo_tasks(params)
    finished = resume.finish_tasks(
        "prepare_photos",
        schemas.PHOTOS,
        tasks,
        photo_rows,
        code=digests.code_digest(__file__),
        chunk=PHOTOS_PER_CHUNK,
        runtime=params.runtime,
    )
    set_aside("prepare_photos", finished, listing, params.photos.folder, params.photos.most_rejected)
    datasets.write(out, schemas.PHOTOS, finished.tables(items_per_shard=500), "prepare_photos")
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("prepare_photos")], "prepare_photos")


if __name__ == "__main__":
    run_stage(prepare_photos, preload=["fieldlink.scenes.photos.photo_sources"])
