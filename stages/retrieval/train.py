"""Train clip2nerf and nerf2clip per view on ground-truth views (Tables 4.4 and 4.5)."""

from pathlib import Path
from typing import get_args

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load


def train_retrieval_mappers(
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
    """Write, per direction, a model below `out` and mapped test vectors below `mapped`; and the training curves."""
    from fieldlink.mapper import training_inputs
    from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask
    from fieldlink.mapper.pairs import Direction

    known = load(params)
    losses, seeds, seed = known.retrieval.losses, known.mapper.seeds, known.study.seed
    given = training_inputs.TrainingData.read(objects, nerf_embeddings, gt_embeddings, photo_embeddings)
    learning, checking = (given.pairs(given.ids(split)) for split in ("train", "validation"))
    how = learning, checking, known.mapper, seed, known.runtime.device
    tasks = [
        MapperTask(way, [MapperRun(f"{way} {loss}", loss, own) for loss in losses for own in seeds], *how)
        for way in get_args(Direction)
    ]
    trained, stage = training_inputs.trained(tasks, known.runtime.workers), "train_retrieval_mappers"
    training_inputs.write({part.direction: part for part in trained}, given.test(seed), out, mapped, stage)
    training_inputs.write_curves(trained, curves, stage)


if __name__ == "__main__":
    run_stage(train_retrieval_mappers, preload=["fieldlink.mapper.mapper_training"])
