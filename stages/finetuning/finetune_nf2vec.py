"""Fine-tune nf2vec's encoder with nerf2clip, end to end, by every objective and seed (Tables 4.11 and 4.12)."""

from itertools import product
from pathlib import Path

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.workers import map_in_workers


def finetune_nf2vec(
    *,
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    views: arguments.Views,
    gt_embeddings: arguments.GtEmbeddings,
    nf2vec: arguments.Nf2vecFolder,
    mappers: arguments.MappersFolder,
    out: arguments.OutModels,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write every run's models and the curves. `mappers`: zero_shot's; `views`: give objects' own cameras for rays."""
    from fieldlink.embeddings.view_embeddings import MEAN_MAPPER
    from fieldlink.finetuning import finetuning_data, finetuning_folders, finetuning_work
    from fieldlink.finetuning.finetuning_tasks import FinetuningTask
    from fieldlink.mapper import trained_mappers
    from fieldlink.training.curves import write as write_curves

    params = load(params_file)
    start = trained_mappers.read(mappers, "zero_shot.views, up to all, and zero_shot.losses")
    data, trained_nf2vec = finetuning_data.read(objects, nerfs, gt_embeddings), finetuning_folders.read_nf2vec(nf2vec)
    cameras = views if trained_nf2vec.has_own_cameras else None
    train, validation = data.examples("train", cameras), data.examples("validation")
    runs = list(product(params.finetuning.objectives, params.mapper.seeds))
    trainings = [
        FinetuningTask(
            objective,
            seed,
            trained_nf2vec,
            start.single(MEAN_MAPPER, seed),
            train,
            validation,
            finetuning=params.finetuning,
            study_seed=params.study.seed,
            device=params.runtime.device,
        )
        for objective, seed in runs
    ]
    results = list(map_in_workers(finetuning_work.train, trainings, params.runtime.workers))
    for run, result in zip(runs, results, strict=True):
        finetuning_folders.write_models(out, run, result)
    write_curves(curves, [result.mapper.named_history for result in results], "finetuning.finetune_nf2vec")


if __name__ == "__main__":
    run_stage(finetune_nf2vec, preload=["fieldlink.finetuning.finetune"])
