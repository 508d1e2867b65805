"""Fit one NeRF per object, all from the same start; or take those that were fitted elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, saved_models, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import Params, load

if TYPE_CHECKING:
    import pyarrow as pa

CHUNK = 16  # objects whose NeRFs are fitted and kept together
FITTING = Path("fieldlink/nerf/fitting/optimisation.py")  # what imported.nerfs names where nothing is imported
ON_GPU = 64  # the same on a GPU


def fit_nerfs(
    objects: arguments.Objects,
    views: arguments.Views,
    start: Annotated[Path, Doc("Model of the start that all NeRFs share.")],
    out: arguments.OutDataset,
    rejected: arguments.OutRejected,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Read `objects`, their `views` and the model `start`; write `nerfs`, and what was set aside as `rejected`."""
    from fieldlink.nerf import object_work, weight_layout

    settings = load(params)
    if settings.imported.nerfs != FITTING:
        _take(objects, settings.imported.nerfs, settings, out, rejected)
        return
    how, seed, device = settings.nerf, settings.study.seed, settings.runtime.device
    weights = saved_models.read_model(start)[0]["weights"]
    if len(weights) != weight_layout.size(how.field):
        raise InputError(
            f"{start}: {len(weights)} weights, nerf.field has {weight_layout.size(how.field)}; rerun start_nerfs"
        )
    ids = set(datasets.read(objects, schemas.OBJECTS, ["object_id"])["object_id"].to_pylist())
    looks = datasets.digests_by_key(datasets.shards(views, schemas.VIEWS), "object_id")
    if unseen := sorted(ids - looks.keys()):
        raise InputError(f"{views}: no views of {len(unseen)} objects of {objects} ({', '.join(unseen[:3])}, …)")
    numbers = [part.model_dump() for part in (how.field, how.fitting, how.rendering)]
    shared = digests.digest_of(digests.code_digest(__file__), numbers, seed, weights.tobytes())
    finished = resume.finish(
        "fit_nerfs",
        schemas.NERFS,
        {object_id: digests.digest_of(shared, looks[object_id]) for object_id in ids},
        lambda some: object_work.FittingTask(
            datasets.rows_with_ids(views, schemas.VIEWS, some), weights, how, seed, device
        ),
        object_work.fit_objects,
        chunk=ON_GPU if device == "cuda" else CHUNK,
        workers=settings.runtime.workers,
        cluster=settings.runtime.cluster,
    )
    resume.check_rejected_share("fit_nerfs", finished, how.most_rejected)
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
    finished = resume.FinishedItems(schemas.NERFS, places, dict.fromkeys(missing, f"no NeRF in {given}"))
    resume.check_rejected_share("fit_nerfs", finished, settings.nerf.most_rejected)
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("fit_nerfs")], "fit_nerfs")


def _check_form(given: Path, rows: "pa.Table", settings: Params) -> None:
    from fieldlink.nerf import weight_layout

    width, cells = rows["weights"].type.list_size, settings.nerf.fitting.occupancy
    if width != weight_layout.size(settings.nerf.field):
        raise InputError(f"{given}: {width:,} weights, nerf.field has {weight_layout.size(settings.nerf.field):,}")
    if any(len(bits) != -(-(cells**3) // 8) for bits in rows["occupancy"].to_pylist()):
        raise InputError(f"{given}: grids of other than nerf.fitting.occupancy = {cells} cells per axis")


if __name__ == "__main__":
    run_stage(fit_nerfs, preload=["fieldlink.nerf.fitting.batch_fitting", "fieldlink.nerf.object_work"])
