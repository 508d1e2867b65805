"""Train mappers on training objects and their copies, and on the originals alone (Tables 4.9 and 4.10)."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.variants import folder_name
from fieldlink.core.workers import map_in_workers


def train_augmented_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    out: arguments.OutModels,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write, per row of the tables, a model below `out`; and the training curves.

    Validation objects are originals. Where no copy takes part, there are only the rows of originals.
    """
    from fieldlink.mapper import batch_sweep, mapper_folders, mapper_work, training_data

    params = load(params_file)
    data = training_data.read(objects, nerf_embeddings, gt_embeddings)
    sweep = batch_sweep.BatchSweep(
        data.pairs(data.ids("validation")), params.augmented, params.mapper, params.study.seed, params.runtime.device
    )
    trainings = sweep.tasks(
        augmented=data.pairs(data.ids("train", copies=True)), original=data.pairs(data.ids("train"))
    )
    results = list(map_in_workers(mapper_work.train, trainings, params.runtime.workers))
    mapper_folders.write_all(out, {folder_name(result.models[0].variant): result for result in results})
    mapper_folders.write_curves(curves, results, "augmented.train")


if __name__ == "__main__":
    run_stage(train_augmented_mappers, preload=["fieldlink.mapper.mapper_training"])
