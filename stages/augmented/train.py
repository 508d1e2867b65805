"""Train mappers on training objects and their copies, and on the originals alone (Tables 4.9 and 4.10)."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load


def train_augmented_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    out: arguments.OutModels,
    mapped: arguments.OutMappedVectors,
    curves: arguments.OutCurves,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write, per run, a model below `out`; per direction, mapped vectors below `mapped`; and the training curves.

    Validation and test objects are originals. Where no copy takes part, there are only the runs on originals.
    """
    from fieldlink.mapper import batch_sweep, training_inputs

    known, stage = load(params), "train_augmented_mappers"
    given = training_inputs.TrainingData.read(objects, nerf_embeddings, gt_embeddings, photo_embeddings)
    augmented, original = (given.pairs(given.ids("train", copies=copies)) for copies in (True, False))
    how = known.augmented, known.mapper, known.study.seed, known.runtime.device
    tasks = batch_sweep.tasks(augmented, original, given.pairs(given.ids("validation")), *how)
    trained = training_inputs.trained(tasks, known.runtime.workers)
    named = {part.models[0].variant.replace(" ", "_"): part for part in trained}
    training_inputs.write(named, given.test(known.study.seed), out, mapped, stage)
    training_inputs.write_curves(trained, curves, stage)


if __name__ == "__main__":
    run_stage(train_augmented_mappers, preload=["fieldlink.mapper.mapper_training"])
