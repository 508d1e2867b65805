"""Render the original objects' NeRFs from the cameras of their views."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, schemas
from fieldlink.core.params import load

CHUNK = 8  # objects rendered and saved in one task
NERF = ("object_id", "weights", "occupancy")
CAMERA = ("object_id", "view", "camera_to_world", "camera_angle_x", "width", "height")


def render_nerfs(
    objects: arguments.Objects,
    views: arguments.Views,
    nerfs: arguments.Nerfs,
    out: arguments.OutDataset,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Read `objects`, the cameras of their `views` and their `nerfs`; write `rendered_views` of the originals."""
    import pyarrow.compute as pc

    from fieldlink.nerf import object_work

    params = load(params_file)
    rendering, field, runtime = params.nerf.rendering, params.nerf.field, params.runtime
    rows = datasets.read(objects, schemas.OBJECTS, ["object_id", "augmentation"])
    is_original = pc.field("object_id").isin(rows.filter(pc.field("augmentation") == 0)["object_id"])
    nerf_digests, camera_digests = (
        datasets.digests_by_key((shard.filter(is_original) for shard in shards), "object_id")
        for shards in (datasets.shards(nerfs, schemas.NERFS, NERF), datasets.shards(views, schemas.VIEWS, CAMERA))
    )
    shared = digests.digest_of(digests.code_digest(__file__), rendering.model_dump(), field.model_dump())
    finished = resume.finish(
        "render_nerfs",
        schemas.RENDERED_VIEWS,
        {name: digests.digest_of(shared, nerf, camera_digests.get(name)) for name, nerf in nerf_digests.items()},
        lambda ids: object_work.RenderingTask(
            datasets.rows_with_ids(nerfs, schemas.NERFS, ids, NERF),
            datasets.rows_with_ids(views, schemas.VIEWS, ids, CAMERA),
            rendering,
            field,
            runtime.device,
        ),
        object_work.render_objects,
        chunk=CHUNK,
        workers=runtime.workers,
        cluster=runtime.cluster,
    )
    datasets.write(out, schemas.RENDERED_VIEWS, finished.tables(), "render_nerfs")


if __name__ == "__main__":
    run_stage(render_nerfs, preload=["fieldlink.nerf.rendering", "fieldlink.nerf.object_work"])
