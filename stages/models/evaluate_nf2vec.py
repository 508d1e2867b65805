"""Measure nf2vec on the test objects: what its decoder gives back, and nearest neighbours by class."""

import json
from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files, saved_models, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.seeds import seed_of


def evaluate_nf2vec(
    *,
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    nf2vec: arguments.Nf2vecModel,
    metrics: arguments.OutMetrics,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write JSON `metrics`: decoder PSNR, and rank-1 class hits (leave one out, percent) beside two yardsticks.

    The yardsticks are the NeRFs' raw weights, and nf2vec as it was before its training.
    """
    import numpy as np
    import pyarrow.compute as pc

    from fieldlink.evaluation.measures.class_hits import rank_1
    from fieldlink.nerf.nerf_batches import NerfBatch
    from fieldlink.nf2vec.decoder_psnr import decoder_psnr
    from fieldlink.nf2vec.model import Nf2vecModel, check_width
    from fieldlink.nf2vec.yardsticks import compared_spaces

    params = load(params_file)
    seed = seed_of(params.study.seed, "nf2vec")
    model = Nf2vecModel.of(*saved_models.read_model(nf2vec)).to(params.runtime.device)
    test = datasets.read(objects, schemas.OBJECTS, ["object_id", "class_name", "split"])
    test = test.filter(pc.field("split") == "test")
    rows = datasets.rows_with_ids(nerfs, schemas.NERFS, test["object_id"].to_pylist())
    if len(rows) < 2:
        raise InputError(f"{nerfs}: {len(rows)} NeRFs of test objects of {objects}, expected at least 2")
    weights = datasets.matrix(rows["weights"])
    check_width(nerfs, weights.shape[1], model.architecture, "nf2vec was trained on")
    class_of = dict(zip(test["object_id"].to_pylist(), test["class_name"].to_pylist(), strict=True))
    classes = np.unique([class_of[key] for key in rows["object_id"].to_pylist()], return_inverse=True)[1]
    spaces = compared_spaces(model, weights, seed)
    values = {f"rank_1_{name}": 100 * rank_1(space, classes) for name, space in spaces.items()}
    psnr = decoder_psnr(model, NerfBatch.of(weights, rows["occupancy"].to_pylist()), seed)
    values |= {"decoder_psnr": psnr.mean(), "objects": len(rows)}
    text = json.dumps({name: round(float(value), 2) for name, value in values.items()}, indent=2)
    files.write_text(metrics, text + "\n")


if __name__ == "__main__":
    run_stage(evaluate_nf2vec)
