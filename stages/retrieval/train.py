"""Train clip2nerf and nerf2clip per view on ground-truth views (Tables 4.4 and 4.5)."""

from pathlib import Path
from typing import get_args

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.variants import Direction
from fieldlink.core.workers import map_in_workers


def train_retrieval_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    out: arguments.OutModels,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write, per direction, a model below `out`; and the training curves."""
    from fieldlink.mapper import mapper_folders, mapper_work, training_data
    from fieldlink.mapper.mapper_tasks import per_loss

    params = load(params_file)
    data = training_data.read(objects, nerf_embeddings, gt_embeddings)
    train, validation = (data.pairs(data.ids(split)) for split in ("train", "validation"))
    trainings = [
        per_loss(
            direction,
            params.retrieval.losses,
            train,
            validation,
            mapper=params.mapper,
            study_seed=params.study.seed,
            device=params.runtime.device,
        )
        for direction in get_args(Direction)
    ]
    results = list(map_in_workers(mapper_work.train, trainings, params.runtime.workers))
    mapper_folders.write_all(out, {result.direction: result for result in results})
    mapper_folders.write_curves(curves, results, "retrieval.train")


if __name__ == "__main__":
    run_stage(train_retrieval_mappers, preload=["fieldlink.mapper.mapper_training"])
