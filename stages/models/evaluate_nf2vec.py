"""Measure nf2vec on the test objects: what its decoder gives back, and nearest neighbours by class."""

import json
from functools import partial
from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files, schemas
from fieldlink.core.errors import InputError
from fieldlink.core.params import load
from fieldlink.core.seeds import seed_of

LEAST = 2  # NeRFs, for neighbours


def evaluate_nf2vec(
    *,
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    nf2vec: arguments.Nf2vecFolder,
    metrics: arguments.OutMetrics,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write JSON `metrics`: decoder PSNR, and rank-1 class hits (leave one out, percent) beside two yardsticks.

    The yardsticks are the NeRFs' raw weights, and nf2vec as it was before its training; the hits less the raw weights'
    have an interval. `validation` holds the same of validation objects; `best`, where it was kept, of the state of the
    lowest validation loss and the test objects.
    """
    from fieldlink.embeddings.selection import EVALUATED, classes_of_originals
    from fieldlink.evaluation.results.space_hits import space_hits
    from fieldlink.nf2vec.model import BEST, Nf2vecModel, check_width
    from fieldlink.nf2vec.quality import quality

    params = load(params_file)
    names = ["model"] + [BEST] * (nf2vec / f"{BEST}.safetensors").is_file()
    models = {name: Nf2vecModel.read(nf2vec, name).to(params.runtime.device) for name in names}
    catalogue = datasets.read(objects, schemas.OBJECTS, ["object_id", "class_name", "split", "augmentation"])
    measures = partial(space_hits, level=params.intervals.level)
    seed, of_split = seed_of(params.study.seed, "nf2vec"), {}
    for split in EVALUATED:
        class_of = classes_of_originals(catalogue, split)
        rows = datasets.rows_with_ids(nerfs, schemas.NERFS, list(class_of), may_be_absent=True)
        if split == "test" and len(rows) < LEAST:
            raise InputError(f"{nerfs}: {len(rows)} NeRFs of test objects of {objects}, expected at least {LEAST}")
        if len(rows) >= LEAST:
            check_width(nerfs, len(rows["weights"][0]), models["model"].architecture, "nf2vec was trained on")
            of_split[split] = quality(models["model"], rows, class_of, measures, seed)
        if split == "test" and BEST in models:
            of_split[BEST] = quality(models[BEST], rows, class_of, measures, seed)
    files.write_text(metrics, json.dumps(of_split.pop("test") | of_split, indent=2) + "\n")


if __name__ == "__main__":
    run_stage(evaluate_nf2vec)
