"""Render the original objects' NeRFs from the cameras of their views."""

from pathlib import Path

from stages import datasets, schemas, scratch
from stages.params import load
from stages.runtime import command

CAMERA = ("object_id", "view", "camera_to_world", "camera_angle_x", "width", "height")


def render_nerfs(objects: Path, views: Path, nerfs: Path, out: Path, params: Path = Path("params.yaml")) -> None:
    """Read `objects`, the cameras of their `views` and their `nerfs`; write `rendered_views` of the originals."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from stages.nerf import jobs
    from stages.scenes.views import prints

    def only(rows: pa.Table, some: list[str]) -> pa.Table:
        return rows.filter(pc.field("object_id").isin(some))

    settings = load(params)
    how, field, device = settings.nerf.rendering, settings.nerf.field, settings.runtime.device
    rows = datasets.read(objects, schemas.OBJECTS, ["object_id", "augmentation"])
    originals = rows.filter(pc.field("augmentation") == 0)["object_id"].to_pylist()
    fitted = datasets.rows_of(nerfs, schemas.NERFS, originals, ["object_id", "weights", "occupancy"])
    cameras = datasets.rows_of(views, schemas.VIEWS, fitted["object_id"].to_pylist(), CAMERA)
    shared = scratch.digest(scratch.code_digest(), how.model_dump(), field.model_dump())
    nerf_prints, camera_prints = prints([fitted]), prints([cameras])
    finished = scratch.finish(
        "render_nerfs",
        schemas.RENDERED_VIEWS,
        {name: scratch.digest(shared, nerf, camera_prints[name]) for name, nerf in nerf_prints.items()},
        lambda some: jobs.ToRender(only(fitted, some), only(cameras, some), how, field, device),
        jobs.render_objects,
        chunk=8,
        workers=settings.runtime.workers,
        preload=["stages.nerf.jobs"],
    )
    datasets.write(out, schemas.RENDERED_VIEWS, finished.tables(), "render_nerfs")


if __name__ == "__main__":
    command(render_nerfs)
