"""Fine-tune nf2vec's encoder with nerf2clip, end to end, by every objective and seed (Tables 4.11 and 4.12)."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typing_extensions import Doc

from fieldlink.commands import arguments
from fieldlink.commands.stage_runner import run_stage
from fieldlink.core import datasets, files, saved_models
from fieldlink.core.params import load
from fieldlink.core.schemas import IMAGE_EMBEDDINGS, MAPPED_EMBEDDINGS, NERFS, OBJECTS, TRAINING_CURVES
from fieldlink.core.workers import map_in_workers

if TYPE_CHECKING:
    from fieldlink.finetuning.finetuning_columns import Runs


def finetune_nf2vec(
    *,
    objects: arguments.Objects,
    nerfs: arguments.Nerfs,
    gt_embeddings: arguments.GtEmbeddings,
    nf2vec: arguments.Nf2vecModel,
    mappers: arguments.Mappers,
    out: arguments.OutModels,
    vectors: Annotated[Path, Doc("Folder of embeddings by fine-tuned encoders to write.")],
    mapped: arguments.OutMappedVectors,
    curves: arguments.OutCurves,
    metrics: arguments.OutMetrics,
    params: arguments.ParamsFile = Path("params.yaml"),
) -> None:
    """Write the models of every run below `out`; `vectors` E(w) and `mapped` g(E(w)) of all originals; the curves.

    `mappers` are those of the zero-shot study. JSON `metrics`: class hits of nearest neighbours among test objects,
    and the decoder's PSNR.
    """
    import numpy as np
    import pyarrow as pa

    from fieldlink.embeddings.selection import labels, originals, views_of
    from fieldlink.embeddings.view_embeddings import MEAN_MAPPER
    from fieldlink.evaluation.measures.class_hits import rank_1
    from fieldlink.finetuning import finetuning_columns
    from fieldlink.finetuning.finetuning_tasks import FinetuningTask, NerfExamples, train
    from fieldlink.mapper.trained_mappers import TrainedMappers

    known, stage = load(params), "finetune_nf2vec"
    catalogue, views = datasets.read(objects, OBJECTS), datasets.read(gt_embeddings, IMAGE_EMBEDDINGS)
    having = datasets.read(nerfs, NERFS, ["object_id"])["object_id"].to_pylist(), views["owner_id"].to_pylist()
    rows = {
        split: originals(catalogue, split, *having, where=str(objects)) for split in ("train", "validation", "test")
    }
    ids = sorted(pa.concat_tables(rows.values())["object_id"].to_pylist())
    fitted = datasets.rows_with_ids(nerfs, NERFS, ids, ["object_id", "weights", "occupancy"])
    weights, targets = datasets.matrix(fitted["weights"]), views_of(views, ids).means_of_all()

    def place(split: str) -> np.ndarray:
        return np.flatnonzero(np.isin(ids, rows[split]["object_id"].to_pylist()))

    def examples(split: str) -> NerfExamples:
        own = place(split)
        return NerfExamples(weights[own], fitted["occupancy"].take(own).to_pylist(), targets[own])

    sets, start = (examples("train"), examples("validation"), weights), saved_models.read_model(nf2vec)
    how = known.finetuning, known.study.seed, known.runtime.device
    kept = TrainedMappers.of(
        saved_models.read_model(mappers), str(mappers), "zero_shot.views, up to all, and zero_shot.losses"
    )
    tasks = [
        FinetuningTask(objective, seed, start, kept.one(MEAN_MAPPER, seed), *sets, *how)
        for objective in known.finetuning.objectives
        for seed in known.mapper.seeds
    ]
    runs = list(zip(tasks, map_in_workers(train, tasks, known.runtime.workers), strict=True))
    _write_models(runs, out)
    for folder, which in ((vectors, "embeddings"), (mapped, "mapped")):
        columns = finetuning_columns.vectors(runs, ids, which)
        datasets.write(folder, MAPPED_EMBEDDINGS, [datasets.table(MAPPED_EMBEDDINGS, columns)], stage)
    datasets.write(curves, TRAINING_CURVES, [datasets.table(TRAINING_CURVES, finetuning_columns.curves(runs))], stage)
    classes = labels(rows["test"]["class_name"].to_pylist(), list(known.classes), str(objects))
    hits = {(task.variant, task.seed): rank_1(run.embeddings[place("test")], classes) for task, run in runs}
    files.write_text(metrics, json.dumps(finetuning_columns.health(runs, hits), indent=2) + "\n")


def _write_models(runs: "Runs", out: Path) -> None:
    from fieldlink.finetuning import finetuning_columns

    for task, run in runs:
        folder = out / f"{task.variant} seed={task.seed}".replace(" ", "_")
        saved_models.write_model(folder / "nf2vec", *run.nf2vec)
        saved_models.write_model(folder / "nerf2clip", run.mapper, finetuning_columns.mapper_config(task, run))


if __name__ == "__main__":
    run_stage(finetune_nf2vec, preload=["fieldlink.finetuning.finetune"])
