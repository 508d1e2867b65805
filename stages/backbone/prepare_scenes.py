"""Make or import the study's objects and their posed views."""

import sys
from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.params import load

CHUNK = 4  # objects whose views are kept together


def prepare_scenes(
    objects: arguments.OutDataset,
    views: arguments.OutDataset,
    rejected: arguments.OutRejected,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write datasets `objects` and `views`, and what was set aside, with reasons, as `rejected`."""
    from fieldlink.scenes import object_sources

    settings = load(params)
    tasks, listing = object_sources.offered(settings)
    code = digests.code_digest(__file__)
    finished = resume.finish(
        "prepare_scenes",
        schemas.VIEWS,
        {object_id: task.key(code) for object_id, task in tasks.items()},
        lambda ids: [tasks[object_id] for object_id in ids],
        object_sources.work,
        chunk=CHUNK,
        workers=settings.runtime.workers,
        cluster=settings.runtime.cluster,
    )
    finished.rejected |= listing.rejected
    resume.check_rejected_share("prepare_scenes", finished, settings.scenes.most_rejected)
    finished.rejected |= listing.duplicates
    if listing.duplicates:
        print(f"prepare_scenes: {len(listing.duplicates)} duplicates dropped", file=sys.stderr)
    if listing.elsewhere:
        print(f"prepare_scenes: {listing.elsewhere} of {listing.total} left out, of no class", file=sys.stderr)
    kept = [task for object_id, task in tasks.items() if object_id not in finished.rejected]
    object_sources.check_filled(kept, settings)
    datasets.write(views, schemas.VIEWS, finished.tables(), "prepare_scenes")
    datasets.write(objects, schemas.OBJECTS, [object_sources.table(kept)], "prepare_scenes")
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("prepare_scenes")], "prepare_scenes")


if __name__ == "__main__":
    run_stage(prepare_scenes, preload=["fieldlink.scenes.object_sources"])
