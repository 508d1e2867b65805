"""Train clip2nerf afresh towards the space of every fine-tuned encoder (Table 4.12)."""

from pathlib import Path
from typing import Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, saved_models
from fieldlink.core.params import load
from fieldlink.core.schemas import MAPPED_EMBEDDINGS


def train_finetuned_mappers(
    *,
    objects: arguments.Objects,
    vectors: Annotated[Path, Doc("Folder of embeddings by fine-tuned encoders.")],
    gt_embeddings: arguments.GtEmbeddings,
    photo_embeddings: arguments.PhotoEmbeddings,
    out: arguments.OutModels,
    mapped: arguments.OutMappedVectors,
    curves: arguments.OutCurves,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write model `out`, the queries `mapped` to each space, and the curves; `vectors`: E(w) by variant and seed.

    Trained per view with the cosine loss, as the original clip2nerf.
    """
    import numpy as np

    from fieldlink.embeddings.mapped_vectors import MappedVectors
    from fieldlink.embeddings.selection import originals
    from fieldlink.mapper import mapper_columns, training_inputs
    from fieldlink.mapper.mapper_tasks import MapperRun, MapperTask, joined

    known, stage = load(params), "train_finetuned_mappers"
    spaces = MappedVectors(datasets.read(vectors, MAPPED_EMBEDDINGS))
    given = training_inputs.pictures(objects, gt_embeddings, photo_embeddings)
    runs = [(variant, seed) for variant, seeds in spaces.variants.items() for seed in seeds]
    having = spaces.ids("nerf"), given.views.owners
    train, validation, test = (
        originals(given.objects, split, *having, where=str(objects))["object_id"].to_pylist()
        for split in ("train", "validation", "test")
    )
    learning, checking = (
        given.beside(np.stack([spaces.vectors(*run, "nerf", ids) for run in runs]), ids) for ids in (train, validation)
    )
    models = [MapperRun(variant, "cosine", seed, nerf_set=place) for place, (variant, seed) in enumerate(runs)]
    how = known.mapper, known.study.seed, known.runtime.device
    tasks = MapperTask("clip2nerf", models, learning, checking, *how).split(most=6)
    trained = joined(training_inputs.trained(tasks, known.runtime.workers))
    saved_models.write_model(out, trained.tensors, mapper_columns.config(trained))
    columns = mapper_columns.mapped(trained, given.queries(test, known.study.seed))
    datasets.write(mapped, MAPPED_EMBEDDINGS, [datasets.table(MAPPED_EMBEDDINGS, columns)], stage)
    training_inputs.write_curves([trained], curves, stage)


if __name__ == "__main__":
    run_stage(train_finetuned_mappers, preload=["fieldlink.mapper.mapper_training"])
