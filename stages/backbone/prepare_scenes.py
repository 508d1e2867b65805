"""Make or import the study's objects and their posed views."""

import sys
from pathlib import Path

from stages import datasets, schemas, scratch
from stages.params import load
from stages.runtime import command

CHUNK = 4  # objects whose views are kept together


def prepare_scenes(objects: Path, views: Path, rejected: Path, params: Path = Path("params.yaml")) -> None:
    """Write datasets `objects` and `views`, and what was set aside, with reasons, as `rejected`."""
    from stages.scenes import sources

    settings = load(params)
    tasks, listing = sources.offered(settings)
    code = scratch.code_digest(__file__)
    finished = scratch.finish(
        "prepare_scenes",
        schemas.VIEWS,
        {object_id: task.key(code) for object_id, task in tasks.items()},
        lambda ids: [tasks[object_id] for object_id in ids],
        sources.work,
        chunk=CHUNK,
        workers=settings.runtime.workers,
        cluster=settings.runtime.cluster,
    )
    finished.rejected |= listing.rejected
    scratch.check_share("prepare_scenes", finished, settings.scenes.most_rejected)
    finished.rejected |= listing.duplicates
    if listing.duplicates:
        print(f"prepare_scenes: {len(listing.duplicates)} duplicates dropped", file=sys.stderr)
    if listing.elsewhere:
        print(f"prepare_scenes: {listing.elsewhere} of {listing.total} left out, of no class", file=sys.stderr)
    kept = [task for object_id, task in tasks.items() if object_id not in finished.rejected]
    sources.check_filled(kept, settings)
    datasets.write(views, schemas.VIEWS, finished.tables(), "prepare_scenes")
    datasets.write(objects, schemas.OBJECTS, [sources.table(kept)], "prepare_scenes")
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("prepare_scenes")], "prepare_scenes")


if __name__ == "__main__":
    command(prepare_scenes, preload=["stages.scenes.sources"])
