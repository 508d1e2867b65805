"""Render the original objects' NeRFs from the cameras of their views."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.params import load

CHUNK = 8  # objects whose renders are kept together
NERF = ("object_id", "weights", "occupancy")
CAMERA = ("object_id", "view", "camera_to_world", "camera_angle_x", "width", "height")


def render_nerfs(
    objects: arguments.Objects,
    views: arguments.Views,
    nerfs: arguments.Nerfs,
    out: arguments.OutDataset,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Read `objects`, the cameras of their `views` and their `nerfs`; write `rendered_views` of the originals."""
    import pyarrow.compute as pc

    from fieldlink.nerf import object_work

    settings = load(params)
    how, field, device = settings.nerf.rendering, settings.nerf.field, settings.runtime.device
    rows = datasets.read(objects, schemas.OBJECTS, ["object_id", "augmentation"])
    originals = rows.filter(pc.field("augmentation") == 0)["object_id"]
    mine = pc.field("object_id").isin(originals)
    nerf_prints = datasets.digests_by_key(
        (shard.filter(mine) for shard in datasets.shards(nerfs, schemas.NERFS, NERF)), "object_id"
    )
    camera_prints = datasets.digests_by_key(
        (shard.filter(mine) for shard in datasets.shards(views, schemas.VIEWS, CAMERA)), "object_id"
    )
    shared = digests.digest_of(digests.code_digest(__file__), how.model_dump(), field.model_dump())
    finished = resume.finish(
        "render_nerfs",
        schemas.RENDERED_VIEWS,
        {name: digests.digest_of(shared, nerf, camera_prints[name]) for name, nerf in nerf_prints.items()},
        lambda some: object_work.RenderingTask(
            datasets.rows_with_ids(nerfs, schemas.NERFS, some, NERF),
            datasets.rows_with_ids(views, schemas.VIEWS, some, CAMERA),
            how,
            field,
            device,
        ),
        object_work.render_objects,
        chunk=CHUNK,
        workers=settings.runtime.workers,
        cluster=settings.runtime.cluster,
    )
    datasets.write(out, schemas.RENDERED_VIEWS, finished.tables(), "render_nerfs")


if __name__ == "__main__":
    run_stage(render_nerfs, preload=["fieldlink.nerf.rendering", "fieldlink.nerf.object_work"])
