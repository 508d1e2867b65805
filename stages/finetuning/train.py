"""Train clip2nerf afresh towards the space of every fine-tuned encoder (Table 4.12)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets
from fieldlink.core.params import load
from fieldlink.core.schemas import MAPPED_EMBEDDINGS, OBJECTS
from fieldlink.core.workers import map_in_workers


def train_finetuned_mappers(
    *,
    objects: arguments.Objects,
    vectors: Annotated[Path, Doc("Dataset of vectors of the fine-tuned encoders.")],
    gt_embeddings: arguments.GtEmbeddings,
    out: arguments.OutModel,
    curves: arguments.OutCurves,
    params_file: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write model `out`, and the training curves. `vectors`: E(w) by variant and seed.

    Trained per view with the cosine loss, as the original clip2nerf.
    """
    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.finetuning import finetuned_spaces
    from fieldlink.mapper import mapper_folders, mapper_work
    from fieldlink.mapper.mapper_tasks import joined
    from fieldlink.mapper.stored_embeddings import StoredEmbeddings

    params = load(params_file)
    task = finetuned_spaces.task(
        datasets.read(objects, OBJECTS),
        MappedVectors(datasets.read(vectors, MAPPED_EMBEDDINGS)),
        StoredEmbeddings.of(gt_embeddings),
        mapper=params.mapper,
        study_seed=params.study.seed,
        device=params.runtime.device,
        source=str(objects),
    )
    workers = params.runtime.workers
    result = joined(list(map_in_workers(mapper_work.train, task.split(workers), workers)))
    mapper_folders.write(out, result)
    mapper_folders.write_curves(curves, [result], "finetuning.train")


if __name__ == "__main__":
    run_stage(train_finetuned_mappers, preload=["fieldlink.mapper.mapper_training"])
