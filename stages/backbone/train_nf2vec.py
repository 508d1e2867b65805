"""Train nf2vec, encoder and decoder, on the NeRFs of all training objects and their copies; or take a trained one."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models, schemas
from fieldlink.core.params import is_imported, load
from fieldlink.core.seeds import seed_of


def train_nf2vec(
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    views: arguments.Views,
    out: arguments.OutModel,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Read `objects` and `nerfs`; write the model `out` and its `training_curves`. Killed, it goes on where it was.

    `views`: read where rays are drawn from the objects' own cameras.
    """
    from fieldlink.core import checkpoints, digests
    from fieldlink.nf2vec.imported_model import imported_model
    from fieldlink.nf2vec.model import BEST, Nf2vecModel
    from fieldlink.nf2vec.nf2vec_curves import NO_MEASUREMENTS, curve_table
    from fieldlink.nf2vec.nf2vec_inputs import Nf2vecInputs
    from fieldlink.nf2vec.nf2vec_training import train

    params = load(params_file)
    field, curve, checkpoint, others = params.nerf.field, NO_MEASUREMENTS, None, {}
    if is_imported(params.imported.nf2vec):
        model = imported_model(params.imported.nf2vec, params.nf2vec, field)
    else:
        seed, device = seed_of(params.study.seed, "nf2vec"), params.runtime.device
        model = Nf2vecModel(params.nf2vec, field, seed)
        best = Nf2vecModel(params.nf2vec, field, seed) if params.nf2vec.training.keep_best else None
        inputs = Nf2vecInputs.read(objects, nerfs, field, views if params.nf2vec.has_own_cameras else None)
        key = digests.digest_of(digests.code_digest(__file__), model.config, seed, inputs.digest_parts)
        checkpoint = checkpoints.Checkpoint("train_nf2vec", key)
        curve = train(
            model, inputs.training, inputs.validation, seed=seed, checkpoint=checkpoint, device=device, best=best
        )
        others = {BEST: best.tensors} if best else {}
    saved_models.write_model(out, model.tensors, model.config, others=others)
    datasets.write(curves, schemas.TRAINING_CURVES, [curve_table(curve, params.study.seed)], "train_nf2vec")
    if checkpoint is not None:
        checkpoint.delete()


if __name__ == "__main__":
    run_stage(train_nf2vec)
