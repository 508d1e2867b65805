"""Train clip2nerf and nerf2clip on the captions of training objects instead of their views (protocol 11)."""

from pathlib import Path
from typing import get_args

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import CAPTION_EMBEDDINGS, NERF_EMBEDDINGS, OBJECTS
from fieldlink.core.variants import Direction
from fieldlink.core.workers import map_in_workers


def train_caption_mappers(
    *,
    objects: arguments.Objects,
    nerf_embeddings: arguments.NerfEmbeddings,
    captions: arguments.CaptionEmbeddings,
    out: arguments.OutModels,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write, per direction, a model below `out`; and the training curves. Neither where a source has no captions."""
    from fieldlink.mapper import mapper_folders, mapper_work
    from fieldlink.mapper.caption_pairs import pairs
    from fieldlink.mapper.mapper_tasks import per_loss

    params, trainings = load(params_file), []
    catalogue, nerfs = datasets.read(objects, OBJECTS), datasets.read(nerf_embeddings, NERF_EMBEDDINGS)
    texts = datasets.read(captions, CAPTION_EMBEDDINGS)
    if len(texts):
        train, validation = (pairs(catalogue, nerfs, texts, split, str(objects)) for split in ("train", "validation"))
        trainings = [
            per_loss(
                direction,
                params.captions.losses,
                train,
                validation,
                mapper=params.mapper.model_copy(update={"epochs": params.captions.epochs}),
                study_seed=params.study.seed,
                device=params.runtime.device,
                training_set="captions",
            )
            for direction in get_args(Direction)
        ]
    results = list(map_in_workers(mapper_work.train, trainings, params.runtime.workers))
    mapper_folders.write_all(out, {result.direction: result for result in results})
    mapper_folders.write_curves(curves, results, "captions.train")


if __name__ == "__main__":
    run_stage(train_caption_mappers, preload=["fieldlink.mapper.mapper_training"])
