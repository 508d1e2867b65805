"""Train clip2nerf and nerf2clip for several spaces of NeRFs alike: nf2vec's and the baselines'."""

from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import Loss, load
from fieldlink.core.variants import Direction
from fieldlink.core.workers import map_in_workers


def train_space_mappers(
    *,
    objects: arguments.Objects,
    nf2vec: arguments.NerfEmbeddings,
    spaces: arguments.SpaceEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    out: arguments.OutModels,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write models below `out`, by space and direction; and the training curves.

    `nf2vec`, and every folder of `spaces` under its own name: `nerf_embeddings`.
    """
    from fieldlink.embeddings.nerf_embeddings import space_folders
    from fieldlink.mapper import mapper_folders, mapper_work, training_data
    from fieldlink.mapper.mapper_tasks import per_loss

    params, trainings = load(params_file), {}
    mapper = params.mapper.model_copy(update={"epochs": params.baselines.epochs})
    losses: dict[Direction, Loss] = {"clip2nerf": params.baselines.clip2nerf, "nerf2clip": params.baselines.nerf2clip}
    for space, folder in space_folders(nf2vec, spaces).items():
        data = training_data.read(objects, folder, gt_embeddings)
        train, validation = (data.pairs(data.ids(split)) for split in ("train", "validation"))
        for direction, loss in losses.items():
            trainings[f"{space}/{direction}"] = per_loss(
                direction,
                [loss],
                train,
                validation,
                mapper=mapper,
                study_seed=params.study.seed,
                device=params.runtime.device,
                space=space,
            )
    results = list(map_in_workers(mapper_work.train, list(trainings.values()), params.runtime.workers))
    mapper_folders.write_all(out, dict(zip(trainings, results, strict=True)))
    mapper_folders.write_curves(curves, results, "baselines.train")


if __name__ == "__main__":
    run_stage(train_space_mappers, preload=["fieldlink.mapper.mapper_training"])
