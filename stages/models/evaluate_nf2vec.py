"""Measure nf2vec on the test objects: what its decoder gives back, and nearest neighbours by class."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files, saved_models, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.seeds import seed_of

if TYPE_CHECKING:
    from fieldlink.nf2vec.model import Nf2vecModel

LEAST = 2  # NeRFs, for neighbours


def evaluate_nf2vec(
    *,
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    nf2vec: arguments.Nf2vecModel,
    metrics: arguments.OutMetrics,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write JSON `metrics`: decoder PSNR, and rank-1 class hits (leave one out, percent) beside two yardsticks.

    The yardsticks are the NeRFs' raw weights, and nf2vec as it was before its training. `validation` holds the same of
    validation objects; `best`, where it was kept, of the state of the lowest validation loss and the test objects.
    """
    import pyarrow.compute as pc

    from fieldlink.embeddings.selection import EVALUATED
    from fieldlink.nf2vec.model import BEST, Nf2vecModel, check_width

    params = load(params_file)
    names = ["model"] + [BEST] * (nf2vec / f"{BEST}.safetensors").is_file()
    models = {name: Nf2vecModel.of(*saved_models.read_model(nf2vec, name)).to(params.runtime.device) for name in names}
    model = models["model"]
    catalogue = datasets.read(objects, schemas.OBJECTS, ["object_id", "class_name", "split", "augmentation"])
    quality = {}
    for split in EVALUATED:
        of_split = catalogue.filter((pc.field("split") == split) & (pc.field("augmentation") == 0))
        class_of = dict(zip(of_split["object_id"].to_pylist(), of_split["class_name"].to_pylist(), strict=True))
        rows = datasets.rows_with_ids(nerfs, schemas.NERFS, list(class_of), may_be_absent=True)
        if len(rows) >= LEAST:
            weights = datasets.matrix(rows["weights"])
            check_width(nerfs, weights.shape[1], model.architecture, "nf2vec was trained on")
            seed = seed_of(params.study.seed, "nf2vec")
            quality[split] = _quality(model, rows, class_of, seed)
            if split == "test" and BEST in models:
                quality[BEST] = _quality(models[BEST], rows, class_of, seed)
        elif split == "test":
            raise InputError(f"{nerfs}: {len(rows)} NeRFs of test objects of {objects}, expected at least {LEAST}")
    files.write_text(metrics, json.dumps(quality.pop("test") | quality, indent=2) + "\n")


def _quality(model: "Nf2vecModel", rows: pa.Table, class_of: Mapping[str, str], seed: int) -> dict[str, Any]:
    """Of NeRFs, which are rows of dataset `nerfs`."""
    import numpy as np

    from fieldlink.evaluation.measures.class_hits import rank_1
    from fieldlink.nerf.nerf_batches import NerfBatch
    from fieldlink.nf2vec.decoder_psnr import decoder_psnr
    from fieldlink.nf2vec.yardsticks import compared_spaces

    weights = datasets.matrix(rows["weights"])
    classes = np.unique([class_of[key] for key in rows["object_id"].to_pylist()], return_inverse=True)[1]
    spaces = compared_spaces(model, weights, seed)
    values = {f"rank_1_{name}": 100 * rank_1(space, classes) for name, space in spaces.items()}
    values["decoder_psnr"] = decoder_psnr(model, NerfBatch.of(weights, rows["occupancy"].to_pylist()), seed).mean()
    return {name: round(float(value), 2) for name, value in values.items()} | {"objects": len(rows)}


if __name__ == "__main__":
    run_stage(evaluate_nf2vec)
