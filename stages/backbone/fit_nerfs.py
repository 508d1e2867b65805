"""Fit one NeRF per object, all from the same start; or take those that were fitted elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from stages import datasets, schemas, scratch
from stages.errors import InputError
from stages.params import Params, load
from stages.runtime import command

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 16  # objects whose NeRFs are fitted and kept together
FITTING = Path("stages/nerf/fitting.py")  # what imported.nerfs names where nothing is imported
ON_GPU = 64  # the same on a GPU


def fit_nerfs(
    objects: Path, views: Path, start: Path, out: Path, rejected: Path, params: Path = Path("params.yaml")
) -> None:
    """Read `objects`, their `views` and the model `start`; write `nerfs`, and what was set aside as `rejected`."""
    from stages.nerf import jobs, sizes

    settings = load(params)
    if settings.imported.nerfs != FITTING:
        _take(objects, settings.imported.nerfs, settings, out, rejected)
        return
    how, seed, device = settings.nerf, settings.study.seed, settings.runtime.device
    weights = datasets.read_model(start)[0]["weights"]
    if len(weights) != sizes.size(how.field):
        raise InputError(f"{start}: {len(weights)} weights, nerf.field has {sizes.size(how.field)}; rerun start_nerfs")
    ids = set(datasets.read(objects, schemas.OBJECTS, ["object_id"])["object_id"].to_pylist())
    looks = datasets.prints(datasets.shards(views, schemas.VIEWS), "object_id")
    if unseen := sorted(ids - looks.keys()):
        raise InputError(f"{views}: no views of {len(unseen)} objects of {objects} ({', '.join(unseen[:3])}, …)")
    numbers = [part.model_dump() for part in (how.field, how.fitting, how.rendering)]
    shared = scratch.digest(scratch.code_digest(__file__), numbers, seed, weights.tobytes())
    finished = scratch.finish(
        "fit_nerfs",
        schemas.NERFS,
        {object_id: scratch.digest(shared, looks[object_id]) for object_id in ids},
        lambda some: jobs.ToFit(datasets.rows_of(views, schemas.VIEWS, some), weights, how, seed, device),
        jobs.fit_objects,
        chunk=ON_GPU if device == "cuda" else CHUNK,
        workers=settings.runtime.workers,
        cluster=settings.runtime.cluster,
    )
    scratch.check_share("fit_nerfs", finished, how.most_rejected)
    datasets.write(out, schemas.NERFS, finished.tables(), "fit_nerfs")
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("fit_nerfs")], "fit_nerfs")


def _take(objects: Path, given: Path, settings: Params, out: Path, rejected: Path) -> None:
    """Write the `given` NeRFs of all objects; one that has none is set aside."""
    rows = datasets.read(objects, schemas.OBJECTS, ["object_id", "source"])
    if set(rows["source"].to_pylist()) != {"nerfs"}:
        raise InputError(f"{objects}: not from scenes.source nerfs, whose poses alone belong to {given}")
    missing = set(rows["object_id"].to_pylist())

    def taken() -> "Iterator[pa.Table]":
        import pyarrow.compute as pc

        for shard in datasets.shards(given, schemas.NERFS):
            own = shard.filter(pc.field("object_id").isin(rows["object_id"].combine_chunks()))
            _check_form(given, own, settings)
            missing.difference_update(own["object_id"].to_pylist())
            yield own

    datasets.write(out, schemas.NERFS, taken(), "fit_nerfs")
    places = dict.fromkeys(rows["object_id"].to_pylist(), given)
    finished = scratch.Finished(schemas.NERFS, places, dict.fromkeys(missing, f"no NeRF in {given}"))
    scratch.check_share("fit_nerfs", finished, settings.nerf.most_rejected)
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("fit_nerfs")], "fit_nerfs")


def _check_form(given: Path, rows: "pa.Table", settings: Params) -> None:
    from stages.nerf import sizes

    width, cells = rows["weights"].type.list_size, settings.nerf.fitting.occupancy
    if width != sizes.size(settings.nerf.field):
        raise InputError(f"{given}: {width:,} weights, nerf.field has {sizes.size(settings.nerf.field):,}")
    if any(len(bits) != -(-(cells**3) // 8) for bits in rows["occupancy"].to_pylist()):
        raise InputError(f"{given}: grids of other than nerf.fitting.occupancy = {cells} cells per axis")


if __name__ == "__main__":
    command(fit_nerfs, preload=["stages.nerf.together", "stages.nerf.jobs"])
