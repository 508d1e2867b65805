"""Train clip2nerf and nerf2clip per view on ground-truth and translated views (Table 4.8)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core.params import load
from fieldlink.core.workers import map_in_workers


def train_syn2real_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    gt_embeddings: arguments.GtEmbeddings,
    translated_embeddings: Annotated[Path, Doc("Dataset of CLIP embeddings of translated views.")],
    out: arguments.OutModels,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write, per direction, a model below `out`; and the training curves.

    Nothing is trained, and no row written, where no training or no validation object has translated views.
    """
    from fieldlink.mapper import mapper_folders, mapper_work, training_data, translated_pairs
    from fieldlink.mapper.stored_embeddings import StoredEmbeddings

    params = load(params_file)
    mapper = params.mapper.model_copy(update={"views_per_epoch": params.syn2real.views_per_epoch})
    trainings = translated_pairs.tasks(
        training_data.read(objects, nerf_embeddings, gt_embeddings),
        StoredEmbeddings.of(translated_embeddings),
        params.syn2real.losses,
        gt_views=params.syn2real.gt_views,
        mapper=mapper,
        study_seed=params.study.seed,
        device=params.runtime.device,
    )
    results = list(map_in_workers(mapper_work.train, trainings, params.runtime.workers))
    mapper_folders.write_all(out, {result.direction: result for result in results})
    mapper_folders.write_curves(curves, results, "syn2real.train")


if __name__ == "__main__":
    run_stage(train_syn2real_mappers, preload=["fieldlink.mapper.mapper_training"])
