"""Train clip2nerf afresh towards the space of every fine-tuned encoder (Table 4.12)."""

from pathlib import Path

from stages import datasets
from stages.params import load
from stages.runtime import command
from stages.schemas import MAPPED_EMBEDDINGS


def train_finetuned_mappers(
    *,
    objects: Path,
    vectors: Path,
    gt_embeddings: Path,
    photo_embeddings: Path,
    out: Path,
    mapped: Path,
    curves: Path,
    params: Path = Path("params.yaml"),
) -> None:
    """Write model `out`, the queries `mapped` to each space, and the curves; `vectors`: E(w) by variant and seed.

    Trained per view with the cosine loss, as the original clip2nerf.
    """
    import numpy as np

    from stages import trainings
    from stages.evaluation.mapped import Mapped
    from stages.evaluation.subjects import originals
    from stages.mapper import records
    from stages.mapper.jobs import Model, Task, joined

    known, stage = load(params), "train_finetuned_mappers"
    spaces = Mapped(datasets.read(vectors, MAPPED_EMBEDDINGS))
    given = trainings.pictures(objects, gt_embeddings, photo_embeddings)
    runs = [(variant, seed) for variant, seeds in spaces.variants.items() for seed in seeds]
    having = spaces.ids("nerf"), given.views.owners
    train, validation, test = (
        originals(given.objects, split, *having, where=str(objects))["object_id"].to_pylist()
        for split in ("train", "validation", "test")
    )
    learning, checking = (
        given.beside(np.stack([spaces.vectors(*run, "nerf", ids) for run in runs]), ids) for ids in (train, validation)
    )
    models = [Model(variant, "cosine", seed, nerf_set=place) for place, (variant, seed) in enumerate(runs)]
    how = known.mapper, known.study.seed, known.runtime.device
    tasks = Task("clip2nerf", models, learning, checking, *how).split(most=6)
    trained = joined(trainings.trained(tasks, known.runtime.workers))
    datasets.write_model(out, trained.tensors, records.config(trained))
    columns = records.mapped(trained, given.queries(test, known.study.seed))
    datasets.write(mapped, MAPPED_EMBEDDINGS, [datasets.table(MAPPED_EMBEDDINGS, columns)], stage)
    trainings.write_curves([trained], curves, stage)


if __name__ == "__main__":
    command(train_finetuned_mappers, preload=["stages.mapper.training"])
