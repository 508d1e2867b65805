"""Make or import the study's objects and their posed views."""

from pathlib import Path
from typing import TYPE_CHECKING

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.params import Params, load

if TYPE_CHECKING:
    from fieldlink.scenes.source_types import ObjectTask

OBJECTS_PER_SHARD = 4


def prepare_scenes(
    objects: arguments.OutDataset,
    views: arguments.OutDataset,
    rejected: arguments.OutRejected,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write datasets `objects`, `views` and, with reasons, `rejected`."""
    from fieldlink.scenes.importers.listing import set_aside
    from fieldlink.scenes.object_rows import check_every_split, object_rows
    from fieldlink.scenes.object_tasks import object_listing, object_tasks

    params = load(params_file)
    listing = object_listing(params)
    tasks = object_tasks(params, listing)
    finished = _with_views(tasks, params)
    if finished.rejected:  # splits are dealt again, to the objects that can be read
        listing = listing.without(finished.rejected)
        tasks = object_tasks(params, listing)
        finished = _with_views(tasks, params)
    set_aside("prepare_scenes", finished, listing, params.scenes.folder, params.scenes.most_rejected)
    usable = [task for object_id, task in tasks.items() if object_id not in finished.rejected]
    check_every_split(usable, params)
    datasets.write(views, schemas.VIEWS, finished.tables(), "prepare_scenes")
    datasets.write(objects, schemas.OBJECTS, [object_rows(usable)], "prepare_scenes")
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("prepare_scenes")], "prepare_scenes")


def _with_views(tasks: "dict[str, ObjectTask]", params: Params) -> resume.FinishedItems:
    from fieldlink.scenes.object_views import object_views

    return resume.finish_tasks(
        "prepare_scenes",
        schemas.VIEWS,
        tasks,
        object_views,
        code=digests.code_digest(__file__),
        chunk=OBJECTS_PER_SHARD,
        runtime=params.runtime,
    )


if __name__ == "__main__":
    run_stage(prepare_scenes, preload=["fieldlink.scenes.object_views"])
