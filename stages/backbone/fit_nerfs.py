"""Fit one NeRF per object, all from the same start; or take NeRFs that were fitted elsewhere."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, digests, resume, saved_models, schemas
from fieldlink.core.params import is_imported, load


def fit_nerfs(
    objects: arguments.Objects,
    views: arguments.Views,
    start: Annotated[Path, Doc("Model of the start that all NeRFs share.")],
    out: arguments.OutDataset,
    rejected: arguments.OutRejected,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Read `objects`, their `views` and the model `start`; write `nerfs`, and what was `rejected` with its reason."""
    from fieldlink.nerf import imported_fits, object_work, weight_layout
    from fieldlink.scenes.views import digests_of_views

    params = load(params_file)
    nerf, runtime = params.nerf, params.runtime
    if is_imported(params.imported.nerfs):
        imported = imported_fits.ImportedFits(objects, params.imported.nerfs, nerf)
        finished, tables = imported.finished, imported.tables()
    else:
        weights = saved_models.read_model(start)[0]["weights"]
        weight_layout.check_start(start, len(weights), nerf.field)
        ids = datasets.read(objects, schemas.OBJECTS, ["object_id"])["object_id"].to_pylist()
        digest_of_object = digests_of_views(views, set(ids))
        numbers = [part.model_dump() for part in (nerf.field, nerf.fitting, nerf.rendering)]
        shared = digests.digest_of(digests.code_digest(__file__), numbers, params.study.seed, weights.tobytes())
        finished = resume.finish(
            "fit_nerfs",
            schemas.NERFS,
            {object_id: digests.digest_of(shared, digest) for object_id, digest in digest_of_object.items()},
            lambda ids: object_work.FittingTask(
                datasets.rows_with_ids(views, schemas.VIEWS, ids), weights, nerf, params.study.seed, runtime.device
            ),
            object_work.fit_objects,
            chunk=object_work.OBJECTS_AT_ONCE,
            workers=runtime.workers,
            cluster=runtime.cluster,
        )
        tables = finished.tables()
    resume.check_rejected_share("fit_nerfs", finished, nerf.most_rejected)
    datasets.write(out, schemas.NERFS, tables, "fit_nerfs")
    datasets.write(rejected, schemas.REJECTED, [finished.rejected_table("fit_nerfs")], "fit_nerfs")


if __name__ == "__main__":
    run_stage(fit_nerfs, preload=["fieldlink.nerf.fitting.batch_fitting", "fieldlink.nerf.object_work"])
