"""Fit one NeRF per object, all from the same start."""

from pathlib import Path

from stages import datasets, schemas, scratch
from stages.errors import InputError
from stages.params import load
from stages.runtime import command

CHUNK = 8  # objects whose NeRFs are kept together
ON_GPU = 64  # the same where they are fitted together too


def fit_nerfs(
    objects: Path, views: Path, start: Path, out: Path, rejected: Path, params: Path = Path("params.yaml")
) -> None:
    """Read `objects`, their `views` and the model `start`; write `nerfs`, and what was set aside as `rejected`."""
    from stages.nerf import field, jobs
    from stages.scenes.views import prints

    settings = load(params)
    how, seed, device = settings.nerf, settings.study.seed, settings.runtime.device
    weights = datasets.read_model(start)[0]["weights"]
    if len(weights) != field.size(how.field):
        raise InputError(f"{start}: {len(weights)} weights, nerf.field has {field.size(how.field)}; rerun start_nerfs")
    ids = set(datasets.read(objects, schemas.OBJECTS, ["object_id"])["object_id"].to_pylist())
    looks = prints(datasets.shards(views, schemas.VIEWS))
    if unseen := sorted(ids - looks.keys()):
        raise InputError(f"{views}: no views of {len(unseen)} objects of {objects} ({', '.join(unseen[:3])}, …)")
    numbers = [part.model_dump() for part in (how.field, how.fitting, how.rendering)]
    shared = scratch.digest(scratch.code_digest(), numbers, seed, weights.tobytes())
    finished = scratch.finish(
        "fit_nerfs",
        schemas.NERFS,
        {object_id: scratch.digest(shared, looks[object_id]) for object_id in ids},
        lambda some: jobs.ToFit(datasets.rows_of(views, schemas.VIEWS, some), weights, how, seed, device),
        jobs.fit_objects,
        chunk=ON_GPU if device == "cuda" else CHUNK,
        workers=settings.runtime.workers,
        preload=["stages.nerf.jobs"],
        cluster=settings.runtime.cluster,
    )
    scratch.check_share("fit_nerfs", finished, how.most_rejected)
    datasets.write(out, schemas.NERFS, finished.tables(), "fit_nerfs")
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("fit_nerfs")], "fit_nerfs")


if __name__ == "__main__":
    command(fit_nerfs)
