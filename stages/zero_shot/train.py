"""Train nerf2clip on mean CLIP vectors of 1 to all views, rendered and ground truth (Tables 4.1 and 4.2)."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.workers import map_in_workers


def train_zero_shot_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    rendered_embeddings: arguments.RenderedEmbeddings,
    out: arguments.OutModel,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write model `out`, of every source and number of views, loss and seed; and the training curves."""
    from fieldlink.mapper import mapper_folders, mapper_work, mean_view_pairs
    from fieldlink.mapper.mapper_tasks import joined

    params = load(params_file)
    task = mean_view_pairs.task(
        mean_view_pairs.read(objects, nerf_embeddings, gt_embeddings, rendered_embeddings),
        params.zero_shot.views,
        params.zero_shot.losses,
        mapper=params.mapper,
        study_seed=params.study.seed,
        device=params.runtime.device,
    )
    workers = params.runtime.workers
    result = joined(list(map_in_workers(mapper_work.train, task.split(workers), workers)))
    mapper_folders.write(out, result)
    mapper_folders.write_curves(curves, [result], "zero_shot.train")


if __name__ == "__main__":
    run_stage(train_zero_shot_mappers, preload=["fieldlink.mapper.mapper_training"])
